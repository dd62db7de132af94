"""Run routing: `python -m services.routing start | serve | migrate`."""

from libs.service.run import main
from services.routing.app import SERVICE

main(SERVICE)
