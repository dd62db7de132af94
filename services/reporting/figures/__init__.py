"""Figures: every indicator is a list of facts first, and a number of them second."""
