"""Import profiles: how an agency's sheet is read, said in files and not in code."""
