"""Importing: an agency's sheet is read, judged row by row, and recorded as history."""
