"""The program of the stand-in for reporting."""

from tests.integration.fake_services import main

main()
