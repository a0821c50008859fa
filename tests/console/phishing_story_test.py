#!/usr/bin/env python3
"""A phishing page that imitates the city, from two citizens' reports to the closed case that all of them hear of."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from story import tell  # noqa: E402

sys.exit(tell("phishing"))
