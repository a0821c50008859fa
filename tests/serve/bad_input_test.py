#!/usr/bin/env python3
"""Bad input through the running server: a clear message, a counter, and the next good record taken."""
import gzip
import itertools
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import ApiError, Server, closing_line, engine_child_pid  # noqa: E402

GOOD = '203.0.113.9 - - [12/Nov/2026:08:00:{:02d} +0700] "GET /baik/{} HTTP/1.1" 200 512 "-" "curl/8.5.0"\n'


def sockets_of(pid):
    """The sockets a process holds, by their kernel names."""
    folder = pathlib.Path(f"/proc/{pid}/fd")
    return {os.readlink(entry) for entry in folder.iterdir() if entry.is_symlink()
            and os.readlink(entry).startswith("socket:")}


class BadInput(unittest.TestCase):
    """One server for all: what one bad input does must not touch the next."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server().start().setup()
        cls.folder = tempfile.TemporaryDirectory(prefix="tanggap-bad-")
        cls.count = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.__exit__()
        cls.folder.cleanup()

    def file(self, name, content):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def good_lines(self, n=3):
        type(self).count += 1
        return "".join(GOOD.format(i % 60, f"{self.count}-{i}") for i in range(n))

    def take(self, path, *flags):
        """Imports one file; gives exit code, summary object and what was said."""
        result = self.server.run_import(path, *flags)
        return result.returncode, json.loads(result.stdout), result.stderr

    def assert_still_taking(self):
        code, summary, said = self.take(self.file(f"good-{time.monotonic_ns()}.log", self.good_lines()))
        self.assertEqual((code, summary["new"]), (0, 3), said)
        ledger = self.server.wait_drained()
        self.assertTrue(ledger["balances"], ledger)

    def quarantined(self, path, reason, records=1, good=2):
        """The bad record is in quarantine under `reason`, browsable; the good ones around it are events."""
        self.server.wait_drained()
        counted = self.server.metric("tanggap_quarantined_total")
        held = self.server.call("/api/v1/ledger")["quarantined"]
        code, summary, said = self.take(path)
        self.assertEqual(code, 0, said)
        self.assertEqual(summary["quarantined"], records, summary)
        self.assertEqual(summary["new"], good, summary)
        self.assertEqual(summary["records"], summary["new"] + summary["duplicate"] + summary["quarantined"]
                         + sum(summary["rejected"].values()))
        entries = [e for e in self.server.walk("/api/v1/quarantine", reason=reason) if path.stem in e["origin"]]
        self.assertEqual(len(entries), records)
        self.assertTrue(entries[0]["detail"])
        ledger = self.server.wait_drained()
        self.assertEqual(ledger["quarantined"] - held, records)
        self.assertEqual(self.server.metric("tanggap_quarantined_total") - counted, records)
        self.assert_still_taking()
        return entries

    def test_unknown_file_type(self):
        before = self.server.wait_drained()
        code, summary, said = self.take(self.file("picture.log", b"\x89PNG\r\n\x1a\n" + os.urandom(2000)))
        self.assertEqual(code, 8)
        self.assertEqual((summary["records"], summary["new"]), (0, 0))
        self.assertEqual(self.server.wait_drained(), before)
        self.assertIn("picture.log", said)
        self.assertIn("PNG", said)
        self.assert_still_taking()

    def test_truncated_gzip_keeps_what_was_whole(self):
        packed = gzip.compress(self.good_lines(2000).encode())
        before = self.server.wait_drained()["received"]
        code, summary, said = self.take(self.file("cut.log.gz", packed[: len(packed) * 2 // 3]))
        self.assertEqual(code, 8)
        self.assertIn("cut.log.gz", said)
        self.assertGreater(summary["new"], 100)
        received = self.server.wait_drained()["received"] - before
        self.assertEqual(received, summary["records"])
        self.assert_still_taking()

    def test_line_of_64_mib(self):
        lines = self.good_lines(2).splitlines(keepends=True)
        path = self.file("long.log", lines[0].encode() + b"x" * (64 << 20) + b"\n" + lines[1].encode())
        entry = self.quarantined(path, "oversize")[0]
        self.assertEqual(entry["length"], 64 << 20)
        self.assertEqual(len(entry["sha256"]), 64)

    def test_nul_bytes(self):
        lines = self.good_lines(2)
        self.quarantined(self.file("nul.log", lines.encode() + b"\x00\x01\x02 no log line \x00\n"), "binary")

    def test_invalid_utf8_is_kept_and_marked(self):
        line = GOOD.format(1, "latin").encode().replace(b"curl/8.5.0", b"caf\xe9 \xff\xfe " + os.urandom(4).hex().encode())
        code, summary, said = self.take(self.file("latin.log", line))
        self.assertEqual((code, summary["new"], summary["quarantined"]), (0, 1, 0), said)
        self.server.wait_drained()
        events = list(self.server.walk("/api/v1/events", q="tanggap.utf8.replaced:true", **{"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}))
        self.assertEqual(len(events), 1)
        self.assert_still_taking()

    def test_future_and_ancient_times(self):
        text = GOOD.format(1, "future").replace("2026", "2094") + GOOD.format(2, "ancient").replace("2026", "1971")
        code, summary, said = self.take(self.file("times.log", text))
        self.assertEqual((code, summary["new"]), (0, 2), said)
        self.server.wait_drained()
        events = [e for e in self.server.walk("/api/v1/events", **{"from": "now-48h", "to": "2200-01-01T00:00:00Z"})
                  if "claimed" in json.dumps(e.get("tanggap", {}))]
        claimed = sorted(e["tanggap"]["time"]["claimed"][:4] for e in events)
        self.assertEqual(claimed, ["1971", "2094"])

    def test_100000_fields(self):
        # Four letters a name: the line stays below its own limit of 1 MiB.
        names = ("".join(letters) for letters in itertools.product("abcdefghijklmnopqr", repeat=4))
        fields = ",".join(f'"{name}":0' for name in itertools.islice(names, 100_000))
        self.quarantined(self.file("fields.json", '{"a":1,"message":"m1"}\n{' + fields + '}\n{"a":2,"message":"m2"}\n'), "too_many_fields")

    def test_nesting_of_10000(self):
        self.quarantined(self.file("nested.json", '{"b":1,"message":"n1"}\n{"x":' + "[" * 10_000 + "]" * 10_000 + '}\n{"b":2,"message":"n2"}\n'), "too_deep")

    def test_duplicate_json_keys_keep_both_values(self):
        code, summary, said = self.take(self.file("twice.json", '{"user":"satu","user":"dua","message":"kunci ganda"}\n'))
        self.assertEqual((code, summary["new"]), (0, 1), said)
        self.server.wait_drained()
        events = list(self.server.walk("/api/v1/events", q="tanggap.json.duplicate_key:true", **{"from": "1970-01-01T00:00:00Z", "to": "2200-01-01T00:00:00Z"}))
        self.assertEqual(len(events), 1)
        self.assertIn("satu", json.dumps(events[0]))
        self.assertIn("dua", json.dumps(events[0]))

    def test_duplicate_json_keys_are_refused_by_our_api(self):
        with self.assertRaises(ApiError) as refused:
            self.server.call("/api/v1/query/parse", "POST", b'{"q":"a","q":"b","scope":"events"}', {"Content-Type": "application/json"})
        self.assertEqual(refused.exception.status, 400)

    def test_wrong_key(self):
        refused_before = self.server.metric("tanggap_api_refusals_total", status="401")
        received_before = self.server.wait_drained()["received"]
        for key in ("tg_none_" + "0" * 64, "nonsense", self.server.key[:-4] + "0000"):
            with self.assertRaises(ApiError) as refused:
                self.server.call("/api/v1/alerts", headers={"Authorization": "Bearer " + key})
            self.assertEqual(refused.exception.status, 401)
            self.assertEqual(json.loads(refused.exception.problem)["status"], 401)
        wrong = self.file("wrong-key", "tg_none_" + "0" * 64)
        result = self.server.run("import", "--server", self.server.url, "--token-file", wrong, self.file("w.log", self.good_lines()))
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertGreaterEqual(self.server.metric("tanggap_api_refusals_total", status="401") - refused_before, 4)
        self.assertEqual(self.server.wait_drained()["received"], received_before)
        self.assert_still_taking()

    def test_second_server_on_the_same_folder(self):
        result = self.server.run("serve", "--data", self.server.data, "--listen", "127.0.0.1:0", timeout=60)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(str(self.server.data), result.stderr)
        self.assert_still_taking()

    def test_engine_child_killed(self):
        child = engine_child_pid(self.server)
        starts = self.server.metric("tanggap_engine_starts")
        os.kill(child, signal.SIGKILL)
        self.assert_still_taking()
        self.assertNotEqual(engine_child_pid(self.server), child)
        self.assertEqual(self.server.metric("tanggap_engine_starts") - starts, 1)
        self.assertIn("ended by signal 9", self.server.log())

    def test_the_child_holds_none_of_our_connections(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as peer:
            peer.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            peer.recv(4096)
            mine = sockets_of(self.server.process.pid)
            os.kill(engine_child_pid(self.server), signal.SIGKILL)
            self.assert_still_taking()
            self.assertEqual(sockets_of(engine_child_pid(self.server)) & mine, set())


class BadStart(unittest.TestCase):
    """Faults that a server meets when it starts."""

    def take_one(self, server, name="one"):
        path = server.data.parent / f"{name}.log"
        path.write_text(GOOD.format(1, name))
        result = server.run_import(path)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_rule_with_a_yaml_error(self):
        with Server() as server:
            rules = server.data / "content/rules"
            rules.mkdir(parents=True)
            (rules / "broken.yaml").write_text("title: broken\ndetection: [unclosed\n  x: {\n")
            server.start().setup()
            self.assertIn("broken.yaml:", server.log())
            self.assertGreater(server.metric("tanggap_content_problems_total", severity="error"), 0)
            self.assertEqual(self.take_one(server)["new"], 1)
            self.assertGreater(len(list(server.walk("/api/v1/rules"))), 20)

    def test_engine_missing(self):
        with Server("--engine-library", "/nowhere/libchdb.so") as server:
            server.start().setup()
            self.assertEqual(self.take_one(server)["new"], 1)
            with self.assertRaises(ApiError) as refused:
                server.call("/api/v1/events")
            self.assertEqual(refused.exception.status, 503)
            self.assertIn("libchdb", refused.exception.problem)
            self.assertEqual(server.call("/api/v1/ledger")["in_flight"], 1)
            self.assertEqual(server.metric("tanggap_engine_up"), 0)
            server.stop()
            server.flags = []
            server.start()
            self.assertEqual(server.wait_drained()["stored"], 1)

    def test_corrupt_journal_byte(self):
        with Server("--engine-library", "/nowhere/libchdb.so") as server:
            self.damage_and_salvage(server)

    def test_ledger_accounts_for_every_record_after_a_salvage(self):
        with Server("--engine-library", "/nowhere/libchdb.so") as server:
            self.damage_and_salvage(server)
            ledger = server.wait_drained(seconds=10)
            lost = sum(ledger["lost"].values())
            self.assertTrue(ledger["balances"], ledger)
            self.assertEqual(ledger["received"], 41)
            self.assertGreater(lost, 0)
            self.assertEqual(ledger["stored"], 41 - lost)
            shown = server.call("/api/v1/events?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&limit=100")["items"]
            self.assertEqual(len(shown), 41 - lost)
            for reason, count in ledger["lost"].items():
                self.assertEqual(server.metric("tanggap_records_lost", reason=reason), count)
            server.stop()
            said = server.run("doctor", "--data", server.data).stdout
            self.assertIn(f"{lost} records were lost to damage", said)

    def damage(self, server):
        """Forty records taken, then a byte of the journal turned over while nothing runs."""
        server.start().setup()
        paths = [server.data.parent / f"n{i}.log" for i in range(40)]
        for path in paths:
            path.write_text(GOOD.format(1, path.stem))
        taken = server.run_import(*paths)
        self.assertEqual(taken.returncode, 0, taken.stderr)
        server.stop(signal.SIGKILL)
        logs = sorted((server.data / "journal").glob("*.log"), key=lambda p: p.stat().st_size)
        data = bytearray(logs[-1].read_bytes())
        data[len(data) // 2] ^= 0x40
        logs[-1].write_bytes(data)

    def damage_and_salvage(self, server):
        self.damage(server)
        server.start(wait=False)
        self.assertNotEqual(server.process.wait(60), 0)
        self.assertIn("doctor --salvage", server.log())
        self.assertIn("journal", server.log())
        # The step that it names leads on: what is readable is kept, and the next record is taken.
        salvaged = server.run("doctor", "--salvage", "--data", server.data)
        self.assertIn(salvaged.returncode, (0, 8), salvaged.stderr)
        self.assertTrue((server.data / "journal.damaged").is_dir())
        server.flags = []
        server.start()
        self.assertEqual(self.take_one(server, "after")["new"], 1)

    def test_full_disk(self):
        with tempfile.TemporaryDirectory(prefix="tanggap-disk-") as mount:
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", mount], capture_output=True).returncode:
                self.skipTest("mounting a small disk needs root")
            try:
                self.fill_and_recover(pathlib.Path(mount))
            finally:
                subprocess.run(["umount", "-l", mount], check=False)

    def test_salvage_on_a_full_disk(self):
        with tempfile.TemporaryDirectory(prefix="tanggap-disk-") as mount:
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", mount], capture_output=True).returncode:
                self.skipTest("mounting a small disk needs root")
            try:
                self.salvage_without_room(pathlib.Path(mount))
            finally:
                subprocess.run(["umount", "-l", mount], check=False)

    def salvage_without_room(self, mount):
        with Server("--engine-library", "/nowhere/libchdb.so", data=mount / "server") as server:
            server.data.parent.mkdir()
            self.damage(server)
            journal = server.data / "journal"
            before = {path.name: path.read_bytes() for path in journal.iterdir() if path.name != "tanggap.lock"}
            room = os.statvfs(mount)
            filler = mount / "filler"
            with open(filler, "wb") as out:
                os.posix_fallocate(out.fileno(), 0, room.f_bavail * room.f_frsize - (16 << 10))
            refused = server.run("doctor", "--salvage", "--data", server.data)
            self.assertNotIn(refused.returncode, (0, 8), refused.stdout)
            self.assertIn("is as it was", refused.stderr)
            self.assertEqual({path.name: path.read_bytes() for path in journal.iterdir() if path.name != "tanggap.lock"}, before)
            self.assertFalse((server.data / "journal.salvaged").exists())
            self.assertFalse((server.data / "journal.damaged").exists())
            filler.unlink()
            salvaged = server.run("doctor", "--salvage", "--data", server.data)
            self.assertEqual(salvaged.returncode, 8, salvaged.stderr)
            self.assertIn("lost", salvaged.stdout)

    def fill_and_recover(self, mount):
        with Server(data=mount / "server") as server:
            server.data.parent.mkdir()
            server.start().setup()
            self.assertEqual(self.take_one(server, "before")["new"], 1)
            server.wait_drained()
            room = os.statvfs(mount)
            filler = mount / "filler"
            with open(filler, "wb") as out:
                os.posix_fallocate(out.fileno(), 0, room.f_bavail * room.f_frsize - (1 << 20))
            with self.assertRaises(ApiError) as refused:
                server.call("/api/v1/ingest/web-9?source=generic_json", "POST", b'{"message":"penuh"}\n' * 1000, {"Content-Type": "application/x-ndjson"})
            self.assertIn(refused.exception.status, (429, 503, 507))
            self.assertIn("disk", refused.exception.problem)
            self.assertGreater(server.metric("tanggap_journal_refused_total"), 0)
            filler.unlink()
            self.assertEqual(self.take_one(server, "after")["new"], 1)
            self.assertEqual(server.wait_drained()["stored"], 2)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
