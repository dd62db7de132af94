"""Run enforcement: `python -m services.enforcement start | serve | migrate`."""

from libs.service.run import main
from services.enforcement.app import SERVICE

main(SERVICE)
