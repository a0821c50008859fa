#!/usr/bin/env python3
"""Hidden gambling pages on a city site, from the access log to the closed case, a warning and the month's figures."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from story import tell  # noqa: E402

sys.exit(tell("gambling"))
