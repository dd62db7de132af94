"""Run reporting: `python -m services.reporting start | serve | migrate`."""

from libs.service.run import main
from services.reporting.app import SERVICE

main(SERVICE)
