"""A service under faults: `python -m tests.chaos.child SERVICE serve`; with a bug."""

import importlib
import os
import sys

from libs.service.run import main
from tests.chaos import bugs

if __name__ == "__main__":
    name, verb = sys.argv[1:]
    if bug := os.environ.get("CHAOS_BUG"):
        bugs.ALL[bug].let_in()
    main(importlib.import_module(f"services.{name}.app").SERVICE, [verb])
