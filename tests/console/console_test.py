#!/usr/bin/env python3
"""The console in real Chromium on a real server: set-up, empty pages, then real imports and the
story, the keyboard, every page in every look, and at last the pages without the event engine.

SCREENSHOTS=folder keeps a picture of every page.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import ROOT, Server  # noqa: E402

NODE = ROOT / "tools/node/node"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed", re.M)
SUITE_SECONDS_MAX = 600

# What a page must bear: markup, direction changes, controls, no place to break, other scripts.
HOSTILE_PATHS = [
    "/?q=<script>alert(document.domain)</script><img%20src=x%20onerror=alert(1)>",
    "/cari?nama=%E2%80%AEgnp.exe&x=\u202egnp.exe",
    "/" + "a" * 1800,
    "/?next=javascript:alert(1)&u=http://203.0.113.66/" + "../" * 60 + "etc/passwd",
    "/?s=1%27%20UNION%20SELECT%20username,password%20FROM%20users--",
    "/berita/\u0e01\u0e32\u0e23\u0e23\u0e31\u0e01\u0e29\u0e32-\u6f22\u5b57-\U0001f6a8",
]
BROKEN = [b"\x00\x01\x02 not a log line \xff\xfe", b'{"open": "and never closed', b"\x7fELF\x02\x01\x01" + b"\x00" * 40]


def hostile_log():
    lines = [
        f'198.51.100.{200 + i} - - [20/Nov/2026:10:0{i}:00 +0700] "GET {path} HTTP/1.1" 404 17 '
        f'"-" "Mozilla/5.0 <b>{"x" * 400}</b>"'
        for i, path in enumerate(HOSTILE_PATHS)
    ]
    return "\n".join(lines).encode() + b"\n" + b"\n".join(BROKEN) + b"\n"


class Run:
    """The suites' counts, summed; `account` carries the session from one to the next."""

    def __init__(self, server):
        self.server = server
        self.account = server.data.parent / "account.json"
        self.passed = self.failed = 0

    def suites(self, *names):
        env = dict(os.environ, TANGGAP_URL=self.server.url, TANGGAP_ACCOUNT=str(self.account),
                   TANGGAP_SETUP_TOKEN_FILE=str(self.server.token_file))
        result = subprocess.run([NODE, ROOT / "web/tests/e2e/run.mjs", *names], env=env, text=True, check=False,
                                stdout=subprocess.PIPE, timeout=SUITE_SECONDS_MAX)
        sys.stdout.write(result.stdout)
        closing = CLOSING.findall(result.stdout)
        if not closing:
            raise RuntimeError(f"{' '.join(names)} ended with {result.returncode} and no closing line")
        self.passed += int(closing[-1][0])
        self.failed += int(closing[-1][1])


def send_logs(server, account):
    server.key_file.write_text(account["api_key"] + "\n")
    server.key = account["api_key"]
    city = server.data.parent / "city"
    made = server.run("demo", "generate", "--out", city, "--lines", "6000", "--seed", "7")
    if made.returncode != 0:
        raise RuntimeError(f"demo generate: {made.stderr}")
    hostile = server.data.parent / "hostile.log"
    hostile.write_bytes(hostile_log())
    for words in (["--timezone", "Asia/Jakarta", *sorted(city.glob("*.log"))], ["--sensor", "hostile", hostile]):
        result = server.run_import(*words)
        if result.returncode not in (0, 8):
            raise RuntimeError(f"import ended with {result.returncode}: {result.stderr}")
    server.wait_drained()


def main():
    with Server() as server:
        run = Run(server)
        server.start()
        run.suites("first")
        send_logs(server, json.loads(run.account.read_text()))
        # Figures before the ten thousand alerts of triage: a list counts only so far.
        run.suites("story", "keyboard", "pages", "cases", "figures", "triage", "reports", "admin", "office", "wall")
        run.suites("hostile")
        run.suites("people")
        server.stop()
        server.flags = ["--engine-library", "/nowhere/libchdb.so"]
        server.start()
        run.suites("degraded")
    print(f"{run.passed} passed, {run.failed} failed, 0 skipped")
    return 1 if run.failed or not run.passed else 0


sys.exit(main())
