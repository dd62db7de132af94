"""The specification of the whole, in tests that read as sentences."""
