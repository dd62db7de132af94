"""Safe reading of spreadsheets that other offices made."""
