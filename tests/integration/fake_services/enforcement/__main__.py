"""The program of the stand-in for enforcement."""

from tests.integration.fake_services import main

main()
