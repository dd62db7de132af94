"""The program of the stand-in for routing."""

from tests.integration.fake_services import main

main()
