#!/usr/bin/env python3
"""Settings that an installation lives by: TLS, a proxy in front, assets, retention, a demonstration."""
import http.client
import json
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import BINARY, PASSWORD, ApiError, Server, closing_line, free_port  # noqa: E402

LINE = '203.0.113.9 - - [12/Nov/2026:08:00:{:02d} +0700] "GET /{}/{} HTTP/1.1" 200 512 "-" "curl/8.5.0"\n'


def run(*words, **options):
    return subprocess.run([str(BINARY), *map(str, words)], capture_output=True, text=True, check=False,
                          timeout=120, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tanggap-install-")
        self.folder = pathlib.Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)


class Tls(Folder):
    """Plain HTTP stays on loopback; everywhere else it is TLS, or a named proxy (rulings 13)."""

    def pair(self):
        made = run("cert", "self-signed", "--cert", self.folder / "cert.pem", "--key", self.folder / "key.pem",
                   "--name", "localhost", "--name", "127.0.0.1")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual((self.folder / "key.pem").stat().st_mode & 0o777, 0o600)
        again = run("cert", "self-signed", "--cert", self.folder / "cert.pem", "--key", self.folder / "key.pem")
        self.assertEqual(again.returncode, 5, "an existing key is never written over")
        return "--tls-cert", self.folder / "cert.pem", "--tls-key", self.folder / "key.pem"

    def refused(self, *flags):
        done = run("serve", "--data", self.folder / "refused", *flags)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertFalse((self.folder / "refused/journal").exists())
        return done.stderr

    def test_what_is_refused_says_why(self):
        self.assertIn("--tls-cert and --tls-key", self.refused("--listen", "0.0.0.0:0"))
        self.assertIn("--behind-proxy", self.refused("--listen", "[::]:8460"))
        self.assertIn("go together", self.refused("--tls-cert", "x.pem"))
        self.assertIn("such as 400d", self.refused("--retention", "400"))
        done = run("serve", "--data", self.folder / "x", "--tls-cert", self.folder / "no.pem",
                   "--tls-key", self.folder / "no.key", "--listen", f"127.0.0.1:{free_port()}")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no.pem", done.stderr)

    def test_a_client_that_checks_certificates(self):
        tls = self.pair()
        with Server(*tls, data=self.folder) as server:
            server.start(wait=False)
            context = ssl.create_default_context(cafile=self.folder / "cert.pem")

            def ask(path, check=context, headers=None):
                connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=check, timeout=10)
                connection.request("GET", path, headers=headers or {})
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                return answer, body

            deadline = time.monotonic() + 60
            while True:
                try:
                    answer, _ = ask("/health")
                    break
                except ConnectionError:
                    self.assertIsNone(server.process.poll(), server.log())
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.05)
            self.assertEqual(answer.status, 200)
            self.assertIn("max-age", answer.headers["Strict-Transport-Security"])
            with self.assertRaises(ssl.SSLCertVerificationError):
                ask("/health", ssl.create_default_context())
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises((ssl.SSLError, ConnectionError, OSError)):
                ask("/health", old)
            # Plain HTTP on the same port answers nothing useful and harms nobody.
            plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            with self.assertRaises((http.client.HTTPException, ConnectionError, OSError)):
                plain.request("GET", "/health")
                if plain.getresponse().status == 200:
                    self.fail("plain HTTP was answered")
            url = f"https://127.0.0.1:{server.port}"
            password = self.folder / "password"
            password.write_text(PASSWORD + "\n")
            made = run("setup", "--server", url, "--ca-file", self.folder / "cert.pem", "--token-file",
                       server.token_file, "--admin", "rina", "--password-file", password, "--totp-secret-out",
                       self.folder / "totp", "--api-key-out", self.folder / "key")
            self.assertEqual(made.returncode, 0, made.stderr)
            log = self.folder / "access.log"
            log.write_text("".join(LINE.format(i, "tls", i) for i in range(5)))
            taken = run("import", "--server", url, "--ca-file", self.folder / "cert.pem", "--token-file",
                        self.folder / "key", "--json", log)
            self.assertEqual(taken.returncode, 0, taken.stderr)
            self.assertEqual(json.loads(taken.stdout)["new"], 5)
            strange = run("import", "--server", url, "--token-file", self.folder / "key", log)
            self.assertEqual(strange.returncode, 4, "not tried again and again: " + strange.stderr)
            self.assertIn("--ca-file", strange.stderr)

    def test_behind_a_proxy_its_word_is_taken_and_no_other(self):
        flags = ["--behind-proxy", "127.0.0.1/32"]
        with Server(*flags, data=self.folder) as server:
            server.start()
            body = json.dumps({"name": "nobody", "password": "x", "code": "000000"}).encode()
            headers = {"Content-Type": "application/json", "X-Forwarded-Proto": "https"}
            # Back-off is by address: each forwarded one is a stranger of its own.
            for address in ("198.51.100.1", "198.51.100.2"):
                with self.assertRaises(ApiError) as refused:
                    server.call("/api/v1/session", "POST", body, dict(headers, **{"X-Forwarded-For": address}))
                self.assertIn(refused.exception.status, (401, 403))
            # /metrics is open to loopback; one who comes through the proxy from elsewhere is not there.
            with self.assertRaises(ApiError) as refused:
                server.call("/metrics", headers={"X-Forwarded-For": "198.51.100.1"})
            self.assertEqual(refused.exception.status, 401)


class Signed:
    """A session of the first account, or another: what one does in the console."""

    def __init__(self, server, name="rina", password=PASSWORD, code=None):
        self.server = server
        body = json.dumps({"name": name, "password": password, "code": code or server.totp()}).encode()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        connection.close()

    def call(self, path, method="GET", body=None, kind="application/json"):
        headers = {"Cookie": self.cookie, "X-Requested-With": "tanggap", "Content-Type": kind,
                   "Authorization": ""}
        headers.pop("Authorization")
        key, self.server.key = self.server.key, None
        try:
            return self.server.call(path, method, body, headers)
        finally:
            self.server.key = key


class Assets(Folder):
    def test_new_events_and_alerts_carry_the_asset_of_the_longest_prefix(self):
        with Server(data=self.folder) as server:
            server.start().setup()
            admin = Signed(server)
            table = ("network,name,organisation,contact,value\n"
                     "192.0.2.0/24,jaringan kota,Dinas Kominfo,,1\n192.0.2.80,portal,Dinas Kesehatan,,3\n")
            with self.assertRaises(ApiError) as refused:
                admin.call("/api/v1/assets", "PUT", (table + "192.0.2.80/32,ganda,,,2\n").encode(), "text/csv")
            self.assertEqual(refused.exception.status, 400)
            self.assertIn("/lines/4", str(refused.exception))
            before = self.alert(server, "192.0.2.80", 1)
            self.assertEqual(before["asset_name"], "")
            done = admin.call("/api/v1/assets", "PUT", table.encode(), "text/csv")
            self.assertEqual((done["assets"], done["added"]), (2, 2))
            # No restart, no signal: the next events have it.
            exact = self.alert(server, "192.0.2.80", 2)
            self.assertEqual((exact["asset_name"], exact["organisation"]), ("portal", "Dinas Kesehatan"))
            wide = self.alert(server, "192.0.2.81", 3)
            self.assertEqual((wide["asset_name"], wide["organisation"]), ("jaringan kota", "Dinas Kominfo"))
            self.assertGreater(exact["priority"], wide["priority"])
            listed = run("asset", "list", "--server", server.url, "--token-file", server.key_file, "--jsonl", "-q", "portal")
            self.assertEqual(json.loads(listed.stdout)["organisation"], "Dinas Kesehatan")
            # A table that was taken is there after a restart.
            server.stop()
            server.start()
            self.assertEqual(self.alert(server, "192.0.2.81", 4)["asset_name"], "jaringan kota")

    def alert(self, server, address, number):
        """Sends one IDS alert about an address and gives the newest alert."""
        record = {"timestamp": f"2026-11-12T0{number}:00:00.000000+0700", "event_type": "alert",
                  "src_ip": f"198.51.100.{number}", "dest_ip": address, "proto": "TCP",
                  "alert": {"action": "allowed", "signature_id": 1, "signature": "uji", "severity": 1,
                            "category": "Web Application Attack"}}
        answer = server.call("/api/v1/ingest/fw-1?source=suricata_eve", "POST", json.dumps(record).encode() + b"\n",
                             {"Content-Type": "application/x-ndjson"})
        self.assertEqual(answer["received"], 1)
        server.wait_drained()
        return next(iter(server.walk("/api/v1/alerts", sort="-number")))


class Retention(Folder):
    def test_days_go_once_all_of_their_events_were_received_too_long_ago(self):
        with Server("--retention", "4s", data=self.folder) as server:
            server.start().setup()
            log = self.folder / "access.log"
            log.write_text("".join(LINE.format(i, "lama", i) for i in range(20)))
            self.assertEqual(server.run_import(log).returncode, 0)
            stored = server.wait_drained()["stored"]
            # Days old by its own times and received just now: kept until the time since receipt is over.
            deadline = time.monotonic() + 60
            while True:
                archive = server.call("/api/v1/overview")["archive"]
                if archive["dropped_days"] == 1:
                    break
                self.assertEqual(archive["dropped_days"], 0)
                self.assertLess(time.monotonic(), deadline, archive)
                time.sleep(0.1)
            self.assertEqual(archive["kept_seconds"], 4)
            self.assertEqual(archive["dropped_events"], 20)
            self.assertEqual(archive["problem"], "")
            self.assertEqual(server.call("/api/v1/events?from=2026-01-01T00:00:00Z")["items"], [])
            ledger = server.call("/api/v1/ledger")
            self.assertTrue(ledger["balances"])
            self.assertEqual(ledger["stored"], stored)

    def test_doctor_says_how_long(self):
        data = self.folder / "data"
        data.mkdir()
        self.assertIn("without limit", run("doctor", "--data", data).stdout)
        (data / "tanggap.toml").write_text('retention = "400d"\n')
        self.assertIn("more than 400d ago", run("doctor", "--data", data).stdout)
        (data / "tanggap.toml").write_text('retention = "forever"\n')
        said = run("doctor", "--data", data)
        self.assertEqual(said.returncode, 1)
        self.assertIn("such as 400d", said.stdout)


class Demo(Folder):
    def wait_filled(self, server):
        deadline = time.monotonic() + 180
        while not (server.data / "demo/filled").exists():
            self.assertIsNone(server.process.poll(), server.log())
            self.assertLess(time.monotonic(), deadline, server.log())
            time.sleep(0.1)

    def test_a_city_of_its_own_with_credentials_printed_once(self):
        with Server("--demo", data=self.folder) as server:
            server.start()
            self.wait_filled(server)
            said = server.log()
            shown = re.search(r"name (\S+), password (\S+), two-step secret (\S+)", said)
            self.assertTrue(shown, said)
            name, password, secret = shown.groups()
            # The engine's own folder holds events, and its files come and go while it merges.
            for path in (path for path in server.data.glob("*") if path.name != "engine"):
                for file in [path] if path.is_file() else path.rglob("*"):
                    if file.is_file() and file.stat().st_size < 1 << 20:
                        self.assertNotIn(password.encode(), file.read_bytes(), file)
            code = run("totp", server.data / "demo/totp")
            self.assertRegex(code.stdout, r"^\d{6}\n$")
            signed = Signed(server, name, password, code.stdout.strip())
            self.assertEqual(signed.call("/api/v1/session")["user"]["name"], name)
            self.assertNotIn("nobody has an account", said)

            self.assertTrue(server.call("/api/v1/setup")["demo"], "the sign-in page has to say so, too")
            server.key = (server.data / "demo/key").read_text().strip()
            server.wait_drained()
            overview = server.call("/api/v1/overview")
            self.assertTrue(overview["demo"])
            self.assertGreater(overview["ladder"]["events"], 50_000)
            titles = {alert["title"] for alert in server.walk("/api/v1/alerts")}
            self.assertGreater(len(titles), 10, titles)
            # Every page of the console has something to show.
            for path in ("alerts", "events", "quarantine", "sensors", "rules", "assets"):
                self.assertTrue(server.call(f"/api/v1/{path}?limit=1")["items"], path)
            top = server.call("/api/v1/alerts?sort=-priority&limit=1")["items"][0]
            self.assertEqual(top["severity"], "critical", top)
            self.assertIn(top["organisation"], ("Dinas Kesehatan", "Dinas Kominfo"), top)

            # The break-in is a case with its alerts, and the desk has work at every turn.
            cases = signed.call("/api/v1/cases?limit=50")["items"]
            self.assertLessEqual({"containment", "waiting", "verification", "confirmed", "closed", "not_incident"},
                                 {case["stage"] for case in cases}, cases)
            attached = [case for case in cases if "203.0.113.66" in case["title"]]
            self.assertEqual(len(attached), 1, cases)
            self.assertGreater(attached[0]["alerts"], 2)
            reports = signed.call("/api/v1/reports?limit=50")["items"]
            self.assertGreater(len({report["status"] for report in reports}), 3, reports)
            self.assertGreaterEqual(len(signed.call("/api/v1/users")["items"]), 4)
            advisories = signed.call("/api/v1/advisories")["items"]
            self.assertEqual({advisory["state"] for advisory in advisories}, {"draft", "published"}, advisories)
            organisations = signed.call("/api/v1/organisations")["items"]
            self.assertGreaterEqual(len([each for each in organisations if each["contacts"]]), 4, organisations)

            server.stop(signal.SIGTERM)
            chain = run("verify", "audit", "--data", server.data)
            self.assertEqual(chain.returncode, 0, chain.stderr)
            server.log_path.write_text("")
            server.flags.remove("--demo")
            server.start()
            self.assertNotIn(password, server.log())
            self.assertTrue(server.call("/api/v1/overview")["demo"], "a demonstration stays one")
            self.assertEqual(server.call("/api/v1/overview")["ladder"], overview["ladder"])

    def test_never_into_a_folder_with_other_data(self):
        with Server(data=self.folder) as server:
            server.start()
            server.stop()
            before = sorted(path.name for path in server.data.iterdir())
            done = run("serve", "--demo", "--data", server.data, "--listen", f"127.0.0.1:{server.port}")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("not a demonstration's", done.stderr)
            self.assertEqual(sorted(path.name for path in server.data.iterdir()), before)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
