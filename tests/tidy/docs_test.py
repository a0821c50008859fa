#!/usr/bin/env python3
"""The documents point at what exists, and each room's README is one screen."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREEN_LINES = 60


def problems():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/*/README.md")]:
        text = page.read_text()
        for target in re.findall(r"\]\(([^)#\s]+)\)", text):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: link to {target}, which does not exist"
        if page.name == "README.md" and page.parent.parent.name == "src" and len(text.splitlines()) > SCREEN_LINES:
            yield f"{page.relative_to(ROOT)}: more than {SCREEN_LINES} lines"


found = list(problems())
print("\n".join(found) if found else "documents: every link leads somewhere")
print(f"{0 if found else 1} passed, {1 if found else 0} failed, 0 skipped")
sys.exit(1 if found else 0)
