"""Run intake: `python -m services.intake start | serve | migrate`."""

from libs.service.run import main
from services.intake.app import SERVICE

main(SERVICE)
