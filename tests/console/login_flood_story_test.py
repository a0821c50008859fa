#!/usr/bin/env python3
"""A flood of log-ins, one of them with success, from the log lines to the closed case: by keyboard alone."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from story import tell  # noqa: E402

sys.exit(tell("login-flood"))
