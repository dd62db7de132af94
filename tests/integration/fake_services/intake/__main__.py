"""The program of the stand-in for intake."""

from tests.integration.fake_services import main

main()
