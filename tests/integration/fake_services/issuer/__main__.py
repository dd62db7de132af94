"""The program of the stand-in for issuer."""

from tests.integration.fake_services import main

main()
