#!/usr/bin/env python3
"""Imports every log of the corpora twice: the counts agree, and the second time adds nothing.

Prints a row per file: source, records, new, duplicate, quarantined with reasons, detections, alerts.
"""
import collections
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import Server, closing_line  # noqa: E402

FOLDERS = ("weblog", "auth", "suricata", "winjson")
ENDINGS = (".log", ".json", ".jsonl", ".txt", ".log.zst", ".json.zst", ".jsonl.zst", ".txt.zst")
# Not logs: schemas, lists of signatures, indexes.
NOT_LOGS = ("schema", "signature-list")


def logs(corpora):
    for folder in FOLDERS:
        for path in sorted((corpora / folder).rglob("*")):
            if path.is_file() and path.name.endswith(ENDINGS) and not any(word in str(path) for word in NOT_LOGS):
                yield path


class Corpora(unittest.TestCase):
    def test_every_log_twice(self):
        folder = os.environ.get("TANGGAP_CORPORA")
        if not folder:
            self.skipTest("TANGGAP_CORPORA is not set")
        corpora = pathlib.Path(folder)
        paths = list(logs(corpora))
        self.assertGreater(len(paths), 150)
        with Server() as server:
            server.start().setup()
            first, rows = self.import_all(server, paths)
            for path, row in zip(paths, rows):
                quarantined = ", ".join(f"{n} {reason}" for reason, n in row["quarantined"].items())
                print(f"{str(path.relative_to(corpora)):75} {row['source']:18} {row['records']:6} records {row['new']:6} new "
                      f"{row['duplicate']:5} duplicate  quarantined: {quarantined or '-':22} "
                      f"{row['detections']:5} detections {row['alerts']:4} alerts")
            total = first
            print("first import: ", total)
            self.assertEqual(total["records"], total["new"] + total["duplicate"] + total["quarantined"] + sum(total["rejected"].values()))
            ledger = server.wait_drained(300)
            alerts = list(server.walk("/api/v1/alerts", sort="-priority"))
            second, _ = self.import_all(server, paths)
            print("second import:", second)
            self.assertEqual((second["new"], second["quarantined"]), (0, 0))
            self.assertEqual(second["duplicate"], second["records"])
            self.assertEqual(second["records"], total["records"])
            again = server.wait_drained(300)
            self.assertEqual(again["stored"], ledger["stored"])
            self.assertEqual(len(list(server.walk("/api/v1/alerts", sort="-priority"))), len(alerts))
            self.show(alerts)
            self.assertGreater(len(alerts), 50)

    def import_all(self, server, paths):
        result = server.run_import("--each", *paths)
        self.assertIn(result.returncode, (0, 8), result.stderr)
        *rows, summary = map(json.loads, result.stdout.splitlines())
        return summary, rows

    def show(self, alerts):
        print(f"{len(alerts)} alerts; the first hundred:")
        for alert in alerts[:100]:
            print(f"  {alert['number']:9} {alert['priority']:3} {alert['severity']:13} {alert['outcome']:9} {alert['technique']:10} "
                  f"{alert['source'][:30]:30} -> {alert['target'][:24]:24} {alert['events']:5} {alert['title']}")
        print("by title:", dict(collections.Counter(alert["title"] for alert in alerts).most_common(60)))


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
