"""Reading: tables kept by pure folds, with their history, and how to rebuild them."""
