#!/usr/bin/env python3
"""The public pages in real Chromium on a real server, with JavaScript off, in every look.

SCREENSHOTS=folder keeps a picture of every page.
"""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import ROOT, Server  # noqa: E402

NODE = ROOT / "tools/node/node"
SUITE_SECONDS_MAX = 400


def main():
    with Server("--no-engine", "--site-name", "Kota Contoh CSIRT") as server:
        server.start()
        server.setup()
        env = dict(os.environ, TANGGAP_URL=server.url)
        result = subprocess.run([NODE, ROOT / "web/tests/e2e/portal.mjs"], env=env, text=True, check=False,
                                stdout=subprocess.PIPE, timeout=SUITE_SECONDS_MAX)
        sys.stdout.write(result.stdout)
        closing = re.findall(r"^(\d+) passed, (\d+) failed", result.stdout, re.M)
        return 1 if not closing or int(closing[-1][1]) or not int(closing[-1][0]) else 0


sys.exit(main())
