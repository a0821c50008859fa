#!/usr/bin/env python3
"""ARCHITECTURE.md, "Life of a log line": one line is sent, and the functions it enters are the table's."""
import pathlib
import re
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import ROOT, Server, closing_line  # noqa: E402

# An attack, so that the line goes on into detection, correlation and an alert.
LINE = (b'203.0.113.7 - - [20/Nov/2026:08:00:00 +0700] "GET /?q=1%20UNION%20SELECT%20password%20FROM%20users '
        b'HTTP/1.1" 200 512 "-" "sqlmap/1.8"\n')
ROW = re.compile(r"^\| `(src/[^`]+)` \| `([^`]+)` \|", re.M)


def documented_steps():
    page = (ROOT / "ARCHITECTURE.md").read_text()
    section = page.split("## Life of a log line", 1)[1].split("\n## ", 1)[0]
    return ROW.findall(section)


def wait_for_search(server, seconds=60):
    query = urllib.parse.urlencode({"q": "source.ip:203.0.113.7", "from": "2026-11-19T00:00:00Z",
                                    "to": "2026-11-21T00:00:00Z"})
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.call(f"/api/v1/events?{query}")["items"]:
            return
        time.sleep(0.05)
    raise AssertionError(f"the line was not found by search within {seconds} s:\n{server.log()[-2000:]}")


class LifeOfALogLine(unittest.TestCase):
    maxDiff = None

    def test_the_functions_entered_are_those_of_the_page(self):
        with Server() as server:
            trace = server.data.parent / "life"
            server.flags += ["--life-trace", trace]
            server.start().setup()
            self.assertEqual(trace.read_text(), "", "a step was entered before any line was sent")
            server.call("/api/v1/ingest/web-1?source=apache_access", "POST", LINE, {"Content-Type": "text/plain"})
            wait_for_search(server)
            entered = [tuple(line.split(" ", 1)) for line in trace.read_text().splitlines()]
        self.assertEqual(entered, documented_steps())

    def test_each_named_file_defines_the_named_function(self):
        for file, function in documented_steps():
            with self.subTest(file=file, function=function):
                path = ROOT / file
                self.assertTrue(path.is_file(), f"{file} does not exist")
                name = function.rsplit("::", 1)[-1]
                body = re.search(rf"\b{name}\([^;{{]*\{{\s*base::life::step\(\);", path.read_text())
                self.assertIsNotNone(body, f"no {name} of {file} opens with base::life::step()")


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
