#!/usr/bin/env python3
"""Indicators on a running server: imported by the command line, found in what comes in, named in the alert's why, removed again."""
import json
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from install_test import Signed  # noqa: E402
from tanggap_server import ApiError, Server, closing_line  # noqa: E402

LINE = '{} - - [20/Nov/2026:08:00:{:02d} +0700] "GET /index.html HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n'
STIX = {"type": "bundle", "id": "bundle--1", "objects": [
    {"type": "indicator", "id": "indicator--1", "name": "Scanner", "confidence": 90, "pattern_type": "stix",
     "pattern": "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"},
    {"type": "indicator", "id": "indicator--2", "pattern_type": "stix", "pattern": "[url:value MATCHES 'x']"}]}


class Indicators(unittest.TestCase):
    def test_a_list_is_imported_found_and_removed(self):
        with Server("--no-engine") as server, tempfile.TemporaryDirectory() as folder:
            server.start().setup()
            admin = Signed(server)
            file = pathlib.Path(folder) / "Feed One.json"
            file.write_text(json.dumps(STIX))
            send = lambda second, address: server.call(  # noqa: E731
                "/api/v1/ingest/web-1?source=apache_access", "POST", LINE.format(address, second).encode(),
                {"Content-Type": "text/plain"})
            alerts = lambda: server.call("/api/v1/alerts")["items"]  # noqa: E731
            key = ("--server", server.url, "--token-file", server.key_file)
            body, kind = file.read_bytes(), "application/json"

            dry = admin.call("/api/v1/indicators/feed-one.json?dry_run=true", "PUT", body, kind)
            self.assertEqual((dry["indicators"], dry["dry_run"]), (1, True))
            self.assertEqual(server.call("/api/v1/indicators")["items"], [])
            # The key of set-up may read and send, not administrate.
            self.assertEqual(server.run("indicator", "import", *key, file).returncode, 4)

            done = admin.call("/api/v1/indicators/feed-one.json", "PUT", body, kind)
            self.assertEqual((done["format"], done["indicators"], done["refused"]), ("stix", 1, 1))
            self.assertIn("'MATCHES'", done["problems"][0])
            self.assertEqual([one["name"] for one in server.call("/api/v1/indicators")["items"]], ["feed-one.json"])

            send(1, "198.51.100.1")
            send(2, "203.0.113.9")
            found = self.wait_for(alerts)
            self.assertEqual(len(found), 1)
            alert = server.call(f"/api/v1/alerts/{found[0]['id']}/why")
            self.assertIn("203.0.113.0/24", json.dumps(alert))
            self.assertIn("Scanner", json.dumps(alert))
            self.assertGreaterEqual(server.metric("tanggap_indicator_sightings_total"), 1)

            # Kept over a restart; removed it finds no more.
            server.stop()
            server.start()
            self.assertEqual(len(server.call("/api/v1/indicators")["items"]), 1)
            admin.call("/api/v1/indicators/feed-one.json", "DELETE")
            self.assertEqual(server.call("/api/v1/indicators")["items"], [])
            with self.assertRaises(ApiError) as missing:
                admin.call("/api/v1/indicators/feed-one.json", "DELETE")
            self.assertEqual(missing.exception.status, 404)

    def test_what_is_no_list_is_refused(self):
        with Server("--no-engine") as server:
            server.start().setup()
            admin = Signed(server)
            for name, body in (("a", b"no indicator here\n"), ("a", b""), ("..", b"203.0.113.7\n"), ("A%2Fb", b"203.0.113.7\n")):
                with self.assertRaises(ApiError, msg=name):
                    admin.call(f"/api/v1/indicators/{name}", "PUT", body, "text/csv")
            self.assertEqual(server.call("/api/v1/indicators")["items"], [])

    def wait_for(self, ask, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := ask():
                return found
            time.sleep(0.05)
        raise AssertionError("no alert came")


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
