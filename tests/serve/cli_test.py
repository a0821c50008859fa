#!/usr/bin/env python3
"""The command line as a person or a script meets it: help, exit codes, options, summary objects (rulings 49-52)."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import BINARY, Server, closing_line  # noqa: E402

ACCESS = '203.0.113.9 - - [12/Nov/2026:08:00:{:02d} +0700] "GET /{} HTTP/1.1" 200 512 "-" "{}"\n'
RULE = """title: Scanner
id: 10000000-0000-4000-a000-000000000001
level: {}
author: Somebody Else
license: DRL-1.1
logsource: {{category: webserver}}
detection: {{tool: {{cs-user-agent|contains: sqlmap}}, condition: tool}}
"""


def run(*words, **options):
    return subprocess.run([str(BINARY), *map(str, words)], capture_output=True, text=True, check=False,
                          timeout=120, **options)


def verbs(*path):
    """Every verb below `path`, with all its parents."""
    text = run(*path, "--help").stdout
    found = re.search(r"^Subcommands:\n((?:  .*\n?)+)", text, re.M)
    yield path
    for name in re.findall(r"^  ([a-z-]+)", found.group(1), re.M) if found else []:
        yield from verbs(*path, name)


class Words(unittest.TestCase):
    def test_every_verb_has_help_that_fits_a_terminal(self):
        seen = list(verbs())
        self.assertGreater(len(seen), 25)
        for path in seen:
            done = run(*path, "--help")
            self.assertEqual(done.returncode, 0, path)
            self.assertEqual(done.stderr, "")
            if path:
                self.assertIn(path[-1], done.stdout.split("\n")[1] + done.stdout, path)

    def test_usage_errors_exit_two_and_say_what_was_meant(self):
        cases = [((), None), (("imprt", "x"), "import"), (("alert", "lst"), "list"), (("hunt", "--ruels", "x", "y"), "--rules"),
                 (("parse",), None), (("serve", "--lisen", "x"), "--listen"), (("nonsense-beyond-guessing",), None)]
        for words, meant in cases:
            done = run(*words)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertEqual(done.stdout, "", words)
            self.assertTrue(done.stderr, words)
            if meant:
                self.assertIn(f"Did you mean {meant}?", done.stderr)
            else:
                self.assertNotIn("Did you mean", done.stderr, words)

    def test_the_manual_page_names_every_verb_and_option(self):
        page = run("man").stdout
        self.assertTrue(page.startswith(".TH TANGGAP 1"))
        self.assertNotRegex(page, r"(?m)^\.(?!TH|SH|SS|TP|B |br|\\)", "a line of text that roff would take for a macro")
        plain = page.replace("\\-", "-")
        for path in verbs():
            text = run(*path, "--help").stdout
            if "Subcommands:" not in text:
                self.assertIn(f".SS tanggap {' '.join(path)}\n", plain)
            for option in re.findall(r"^  (?:-\w,)?(--[a-z-]+)", text, re.M):
                if option not in ("--help", "--version"):
                    self.assertIn(option, plain, path)

    def test_version(self):
        self.assertRegex(run("--version").stdout, r"^\d+\.\d+\.\d+\n$")


class Files(unittest.TestCase):
    """parse, hunt and rules: no server."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tanggap-cli-")
        self.folder = pathlib.Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def test_parse_prints_one_nested_event_a_line(self):
        log = self.file("access.log", ACCESS.format(1, "a", "curl/8.5.0") + "no such line\n" + ACCESS.format(2, "b", "curl/8.5.0"))
        done = run("parse", "--source", "apache_access", log)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([event["url"]["path"] for event in events], ["/a", "/b"])
        self.assertEqual(done.returncode, 0, "quarantined records are no failure")
        self.assertEqual(run("parse", "--strict", "--source", "apache_access", log).returncode, 8)
        shown = run("parse", "--quarantine", "--source", "apache_access", log)
        self.assertEqual(len(shown.stdout.splitlines()), 3)
        self.assertEqual(run("parse", self.folder / "no.log").returncode, 3)
        self.assertEqual(run("parse", log, self.folder / "no.log").returncode, 8, "the other file was read")
        for verb in ("parse", "hunt"):
            refused = run(verb, "--source", "nosuch", log)
            self.assertEqual(refused.returncode, 2, verb)
            self.assertIn("apache_access", refused.stderr, "says what is known")
            self.assertEqual(run(verb, "--timezone", "Mars/Base", log).returncode, 2, verb)

    def test_years_and_zones_come_from_the_options(self):
        log = self.file("auth.log", "Jan  2 03:04:05 host sshd[1]: Server listening on :: port 22.\n")
        for zone, reference, expected in (("UTC", "2020-06-01T00:00:00Z", "2020-01-02T03:04:05"),
                                          ("Asia/Jakarta", "2020-01-01T00:00:00Z", "2020-01-01T20:04:05"),
                                          ("+07:00", "2022-12-31T00:00:00Z", "2022-01-01T20:04:05")):
            done = run("parse", "--timezone", zone, "--reference-time", reference, log)
            self.assertEqual(json.loads(done.stdout)["@timestamp"][:19], expected, done.stderr)
        self.assertEqual(run("parse", "--timezone", "Mars/Olympus", log).returncode, 2)
        self.assertNotEqual(run("parse", "--reference-time", "yesterday", log).returncode, 0)
        os.utime(log, (1_264_982_400, 1_264_982_400))  # 2010-02-01: without the option the file's own time
        self.assertEqual(json.loads(run("parse", log).stdout)["@timestamp"][:4], "2010")

    def test_hunt(self):
        log = self.file("access.log", ACCESS.format(1, "a", "curl/8.5.0") + ACCESS.format(2, "b", "sqlmap/1.8") + "broken\n")
        rules = self.file("rules/r.yml", RULE.format("high"))
        other = self.file("more/r.yml", RULE.format("low").replace("0001", "0002").replace("Scanner", "Second"))
        done = run("hunt", "--rules", rules, "--rules", other, "--source", "apache_access", "--summary-json", log)
        self.assertEqual(done.returncode, 0, "it ran, whatever it found")
        findings = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual({(f["record"], f["file"]) for f in findings}, {(2, str(log))})
        self.assertEqual(len(findings), 2)
        self.assertEqual((findings[0]["rule"]["author"], findings[0]["rule"]["license"]), ("Somebody Else", "DRL-1.1"))
        summary = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual(set(summary), {"files", "records", "events", "quarantined", "detections", "seconds"})
        self.assertEqual((summary["records"], summary["events"], summary["quarantined"], summary["detections"]), (3, 2, 1, 2))
        for level, code in (("critical", 0), ("high", 10), ("low", 10)):
            self.assertEqual(run("hunt", "--rules", rules, "--fail-on", level, log).returncode, code, level)
        self.assertEqual(run("hunt", "--rules", rules, "--fail-on", "dreadful", log).returncode, 2)
        twice = run("hunt", "--rules", rules, log, self.file("copy.log", log.read_text()), "--summary-json")
        self.assertEqual(json.loads(twice.stderr.splitlines()[-1])["files"], 2, "an option takes no file behind its value")
        self.assertEqual(run("hunt", "--rules", rules, log, self.folder / "no.log").returncode, 8)
        self.assertEqual(run("hunt", "--rules", self.folder / "none", log).returncode, 3)
        self.assertEqual(run("hunt", "--rules", self.file("bad.yml", "title: [\n"), log).returncode, 6)

    def test_rules(self):
        self.assertEqual(run("rules", "check").returncode, 0)
        listed = [json.loads(line) for line in run("rules", "list").stdout.splitlines()]
        self.assertGreaterEqual(len(listed), 40)
        self.assertTrue(all(rule["author"] and rule["license"] for rule in listed))
        self.file("set/good.yml", RULE.format("high"))
        self.file("set/bad.yml", "title: [\n")
        checked = run("rules", "check", self.folder / "set")
        self.assertEqual(checked.returncode, 6)
        self.assertRegex(checked.stderr, r"bad\.yml:\d+:\d+: error: ")
        data = self.folder / "data"
        self.assertEqual(run("rules", "import", "--data", data, self.folder / "set").returncode, 8)
        own = [json.loads(line) for line in run("rules", "list", "--data", data).stdout.splitlines() if "Somebody Else" in line]
        self.assertEqual([(rule["license"], rule["overriding"]) for rule in own], [("DRL-1.1", True)])


class Client(unittest.TestCase):
    """Verbs on server data."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server().start().setup()
        cls.folder = pathlib.Path(cls.server.data.parent)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.__exit__()

    def flags(self):
        return "--server", self.server.url, "--token-file", self.server.key_file

    def test_import_summary(self):
        log = self.folder / "ringkas.log"
        log.write_text("".join(ACCESS.format(i, f"r{i}", "sqlmap/1.8") for i in range(4)) + "\x00\x01\n")
        done = run("import", *self.flags(), "--json", log)
        self.assertEqual(done.returncode, 0, done.stderr)
        summary = json.loads(done.stdout)
        named = {name: summary[name] for name in
                 ("files", "records", "new", "duplicate", "quarantined", "rejected", "detections", "alerts")}
        self.assertEqual(named, {"files": 1, "records": 5, "new": 4, "duplicate": 0, "quarantined": 1, "rejected": {},
                                 "detections": named["detections"], "alerts": 1})
        self.assertGreaterEqual(named["detections"], 4)
        again = json.loads(run("import", *self.flags(), "--json", log).stdout)
        self.assertEqual((again["new"], again["quarantined"], again["duplicate"], again["records"]), (0, 0, 5, 5))

    def test_exit_codes(self):
        nobody = self.folder / "nobody"
        nobody.write_text("tg_none_" + "0" * 64 + "\n")
        cases = [
            (0, ("alert", "list", *self.flags())),
            (2, ("alert", "list", *self.flags(), "--limit", "many")),
            (3, ("alert", "show", *self.flags(), "ALR-99999")),
            (3, ("alert", "list", "--server", self.server.url, "--token-file", self.folder / "no-key")),
            (4, ("alert", "list", "--server", self.server.url, "--token-file", nobody)),
            (4, ("asset", "import", *self.flags(), self.csv())),
            (6, ("alert", "list", *self.flags(), "-q", "sevrity:high")),
            (7, ("alert", "list", "--server", "http://127.0.0.1:1", "--token-file", self.server.key_file)),
            (8, ("import", *self.flags(), self.folder / "no-such.log", self.csv())),
        ]
        for code, words in cases:
            done = run(*words)
            self.assertEqual(done.returncode, code, (words, done.stderr))
            if code:
                self.assertTrue(done.stderr.startswith("tanggap: ") or "tanggap" in done.stderr or code == 2, done.stderr)

    def csv(self):
        path = self.folder / "assets.csv"
        path.write_text("192.0.2.0/24,kantor,Dinas,,2\n")
        return path

    def test_lists_are_lines_in_a_pipe(self):
        log = self.folder / "daftar.log"
        log.write_text("".join(ACCESS.format(i, f"d{i}", "sqlmap/1.8") for i in range(3)))
        self.assertEqual(run("import", *self.flags(), log).returncode, 0)
        self.server.wait_drained()
        events = [json.loads(line) for line in run("event", "search", *self.flags(), "-q", 'url.path:"/d1"', "--from", "2026-11-01T00:00:00Z").stdout.splitlines()]
        self.assertEqual([event["url"]["path"] for event in events], ["/d1"])
        alerts = [json.loads(line) for line in run("alert", "list", *self.flags(), "--limit", "1").stdout.splitlines()]
        self.assertEqual(len(alerts), 1)
        shown = json.loads(run("alert", "show", *self.flags(), alerts[0]["number"]).stdout)
        self.assertEqual(shown["number"], alerts[0]["number"])


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
