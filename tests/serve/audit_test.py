#!/usr/bin/env python3
"""The chain of activity records of a real server: `tanggap verify audit` on its folder, before and after hands that
should not have touched it; and the verbs on accounts."""
import json
import pathlib
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import ApiError, Server  # noqa: E402

SEED = 20261129
FLIPS = 40


class Audit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tanggap-audit-")
        cls.server = Server(data=cls.folder.name)
        cls.server.start().setup()
        # Refused sign-ins are records like all others.
        cls.server.key = None
        for number in range(12):
            try:
                cls.server.call("/api/v1/session", "POST", {"name": f"u{number}", "password": "x", "code": "1"})
            except ApiError as refused:
                assert refused.status == 401, refused
        cls.server.stop()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def verify(self, data, *words):
        done = self.server.run("verify", "audit", "--data", data, *words)
        count = re.search(r"^records (\d+)$", done.stdout, re.M)
        head = re.search(r"^head ([0-9a-f]{64})$", done.stdout, re.M)
        return done, int(count[1]) if count else None, head[1] if head else None

    def copy(self):
        """The data folder, to be spoilt."""
        place = pathlib.Path(tempfile.mkdtemp(prefix="tanggap-audit-copy-", dir=self.folder.name))
        shutil.copytree(self.server.data / "cases", place / "cases")
        return place

    def spoil(self, *statements):
        place = self.copy()
        with sqlite3.connect(place / "cases/cases.sqlite") as database:
            for statement in statements:
                database.execute(*statement) if isinstance(statement, tuple) else database.execute(statement)
        database.close()
        return place

    def assert_bad(self, place, record, *words):
        done, _, _ = self.verify(place, *words)
        self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
        self.assertIn(f"record {record}:", done.stderr)

    def test_what_nobody_touched_holds(self):
        done, count, head = self.verify(self.server.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreaterEqual(count, 14)
        again, _, _ = self.verify(self.server.data, "--expect-head", head)
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_an_earlier_head_is_found_in_the_chain(self):
        with sqlite3.connect(f"file:{self.server.data}/cases/cases.sqlite?mode=ro", uri=True) as database:
            earlier = database.execute("SELECT leaf FROM activity WHERE sequence = 5").fetchone()[0]
        done, _, _ = self.verify(self.server.data, "--expect-head", earlier)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("expected head is record 5", done.stdout)

    def test_flipped_bytes_dropped_and_swapped_records_are_named(self):
        rng = random.Random(SEED)
        _, count, _ = self.verify(self.server.data)
        for _ in range(FLIPS):
            place = self.copy()
            with sqlite3.connect(place / "cases/cases.sqlite") as database:
                record = rng.randint(1, count)
                text = bytearray(database.execute("SELECT document FROM activity WHERE sequence = ?",
                                                  (record,)).fetchone()[0].encode())
                text[rng.randrange(len(text))] ^= 1 << rng.randrange(7)
                database.execute("UPDATE activity SET document = ? WHERE sequence = ?",
                                 (text.decode("latin-1"), record))
            database.close()
            self.assert_bad(place, record)
        self.assert_bad(self.spoil("DELETE FROM activity WHERE sequence = 7"), 7)
        self.assert_bad(self.spoil("UPDATE activity SET sequence = 999 WHERE sequence = 4",
                                   "UPDATE activity SET sequence = 4 WHERE sequence = 5",
                                   "UPDATE activity SET sequence = 5 WHERE sequence = 999"), 4)

    def test_a_tail_cut_is_named_and_a_careful_one_needs_the_head_from_outside(self):
        _, count, head = self.verify(self.server.data)
        self.assert_bad(self.spoil(f"DELETE FROM activity WHERE sequence = {count}"), count)
        place = self.spoil(f"DELETE FROM activity WHERE sequence = {count}",
                           f"DELETE FROM activity_objects WHERE sequence = {count}",
                           "UPDATE activity_head SET count = count - 1,"
                           f" head = (SELECT leaf FROM activity WHERE sequence = {count - 1})")
        done, _, _ = self.verify(place)
        self.assertEqual(done.returncode, 0, done.stderr)
        done, _, _ = self.verify(place, "--expect-head", head)
        self.assertEqual(done.returncode, 6, done.stdout)

    def test_what_is_no_head_or_no_folder_is_told(self):
        self.assertEqual(self.verify(self.server.data, "--expect-head", "abc")[0].returncode, 2)
        self.assertEqual(self.verify("/nonexistent")[0].returncode, 3)


class Verbs(unittest.TestCase):
    def test_whoami_and_what_the_key_may_not(self):
        with Server() as server:
            server.start().setup()
            words = ["--server", server.url, "--token-file", server.key_file]
            me = json.loads(server.run("whoami", *words).stdout)
            self.assertEqual(me["roles"], ["administrator", "lead"])
            self.assertEqual(sorted(me["scopes"]), ["events:ingest", "read"])
            self.assertTrue(me["by_key"])
            for verb in (["user", "list"], ["user", "add", "budi", "--role", "viewer"], ["audit", "list"],
                         ["user", "disable", "rina"]):
                done = server.run(*verb, *words)
                self.assertEqual(done.returncode, 4, done.stdout + done.stderr)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed, 0 skipped")
    sys.exit(1 if bad else 0)
