#!/usr/bin/env python3
"""The public pages on a real server: a report's way to the officer and back, and where its secrets
must never be found."""
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from citizen import Citizen  # noqa: E402
from tanggap_server import PASSWORD, ApiError, Server, closing_line  # noqa: E402

STORY = "Ada situs palsu pajak-kota.example yang meminta transfer ke rekening 1234567890123."


def person_takes_time():
    """The form refuses what no person could fill in so fast."""
    time.sleep(2.1)


class Officer:
    """Signs in and asks the API as the console does."""

    def __init__(self, server):
        self.server, self.cookie = server, ""
        answer = Citizen(server, address="192.0.2.5").ask("POST", "/api/v1/session",
                                     json.dumps({"name": "rina", "password": PASSWORD, "code": server.totp()}),
                                     {"Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        self.cookie = answer.headers["set-cookie"].split(";")[0]

    def call(self, method, path, body=None, headers=None):
        wanted = {"Cookie": self.cookie, "X-Requested-With": "tanggap", **(headers or {})}
        if body is not None:
            wanted["Content-Type"] = "application/json"
        answer = Citizen(self.server, address="192.0.2.5").ask(method, path, None if body is None else json.dumps(body), wanted)
        if answer.status >= 400:
            raise ApiError(answer.status, answer.body)
        self.headers = answer.headers
        return json.loads(answer.body) if answer.body.startswith(("{", "[")) else answer.body


class PortalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--no-engine", "--site-name", "Kota Contoh CSIRT", "--behind-proxy", "127.0.0.1/32")
        cls.server.start()
        before = Citizen(cls.server).get("/")
        assert before.location == "/app/", "until somebody set it up, every page is the set-up"
        cls.server.setup()
        cls.officer = Officer(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.__exit__()

    def test_a_report_goes_to_the_officer_and_the_answer_comes_back(self):
        citizen = Citizen(self.server)
        number, code = citizen.report(STORY, files=[("bukti.png", b"\x89PNG bukti")], wait=person_takes_time)
        rows = self.officer.call("GET", "/api/v1/reports?q=is:new")["items"]
        self.assertEqual(rows[0]["number"], number)
        self.assertTrue(rows[0]["waiting"])
        report = self.officer.call("GET", f"/api/v1/reports/{number}")
        self.assertEqual(report["files"][0]["name"], "bukti.png")
        self.officer.call("POST", f"/api/v1/reports/{number}/notes", {"text": "CATATAN-INTERNAL pelapor panik"})
        answered = self.officer.call("POST", f"/api/v1/reports/{number}/acknowledge", {"text": "Kami cek malam ini."})
        self.assertEqual(answered["status"], "verified")
        self.assertFalse(answered["waiting"])
        with self.assertRaises(ApiError) as twice:
            self.officer.call("POST", f"/api/v1/reports/{number}/acknowledge", {})
        self.assertEqual(twice.exception.status, 409)

        citizen.get("/lacak")
        self.assertEqual(citizen.post("/lacak", nomor=number, kode=code).status, 303)
        page = citizen.get("/lacak/laporan").body
        for text in ("Kami cek malam ini.", "1. Jangan buka tautan", "3. Sudah mengisi kata sandi?", "Diverifikasi"):
            self.assertIn(text, page)
        self.assertNotIn("CATATAN-INTERNAL", page)
        self.assertNotIn("rina", page)
        self.assertEqual(citizen.post("/lacak/laporan", pesan="Ada pesan baru lagi.").status, 303)
        waiting = self.officer.call("GET", "/api/v1/reports?q=is:waiting")["items"]
        self.assertIn(number, [row["number"] for row in waiting])
        taken = self.officer.call("POST", f"/api/v1/reports/{number}/files/{report['files'][0]['id']}/take",
                                  {"reason": "memeriksa bukti"})
        self.assertIn("PNG bukti", taken)
        self.assertIn("attachment", self.officer.headers["content-disposition"])
        self.assertIn("sandbox", self.officer.headers["content-security-policy"])

    def test_codes_addresses_and_tokens_are_found_nowhere(self):
        citizen = Citizen(self.server)
        citizen.get("/lapor")
        draft = citizen.cookie("lapor")
        number, code = citizen.report("Laporan anonim tentang pesan palsu.", files=[("a.txt", b"BERKAS-RAHASIA " * 50)],
                                      wait=person_takes_time)
        citizen.get("/lacak")
        self.assertEqual(citizen.post("/lacak", nomor=number, kode=code).status, 303)
        session = citizen.cookie("lacak")
        citizen.get("/lacak/laporan")
        citizen.post("/lacak", nomor=number, kode="1111 2222 3333 4444")
        self.officer.call("GET", f"/api/v1/reports/{number}")
        self.server.stop()
        try:
            secrets = [code, code.replace(" ", ""), code.replace(" ", "+"), code.replace(" ", "%20"), draft, session,
                       "BERKAS-RAHASIA", citizen.address]
            places = [path for path in self.server.data.parent.rglob("*") if path.is_file()]
            self.assertTrue(any(path.suffix == ".sqlite" for path in places))
            found_number = False
            for path in places:
                content = path.read_bytes()
                found_number |= number.encode() in content
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, f"{secret} in {path}")
            self.assertTrue(found_number, "the search looks in the right places")
        finally:
            self.server.start()

    def test_two_reports_of_one_thing_find_each_other(self):
        first, _ = Citizen(self.server).report("Rekening 5550001112223 menagih pajak palsu.", wait=person_takes_time)
        hints = self.officer.call("POST", "/api/v1/reports/similar", {"text": "penelepon menyebut rek 555-000-111-2223"})
        self.assertIn(first, [item["number"] for item in hints["items"]])
        self.assertEqual(hints["items"][0]["shared"], [{"kind": "account", "value": "5550001112223"}])
        entered = self.officer.call("POST", "/api/v1/reports", {
            "channel": "phone", "answers": {"what": "impersonation", "identity": "confidential", "name": "Budi",
                                            "story": "Ditelepon, diminta transfer ke 5550001112223."}})
        self.assertRegex(entered["code"], r"^\d{4}( \d{4}){3}$")
        second = self.officer.call("GET", f"/api/v1/reports/{entered['number']}")
        self.assertEqual((second["channel"], second["similar"][0]["number"]), ("phone", first))
        by_mark = self.officer.call("GET", "/api/v1/reports?q=mark:5550001112223")["items"]
        self.assertEqual({row["number"] for row in by_mark}, {first, entered["number"]})

    def test_edits_carry_a_version_and_bad_ones_are_explained(self):
        number, _ = Citizen(self.server).report("Situs dinas tidak bisa dibuka sejak pagi.", what="website",
                                                wait=person_takes_time)
        path = f"/api/v1/reports/{number}"
        self.officer.call("GET", path)
        tag = self.officer.headers["etag"]
        edited = self.officer.call("PATCH", path, {"status": "handling", "organisation": "Bapenda"}, {"If-Match": tag})
        self.assertEqual((edited["status"], edited["organisation"]), ("handling", "Bapenda"))
        for headers, status in (({}, 428), ({"If-Match": tag}, 412)):
            with self.assertRaises(ApiError) as refused:
                self.officer.call("PATCH", path, {"status": "done"}, headers)
            self.assertEqual(refused.exception.status, status)
        with self.assertRaises(ApiError) as missing:
            self.officer.call("GET", "/api/v1/reports/LPR-0000-0000")
        self.assertEqual(missing.exception.status, 404)

    def test_the_profile_feeds_the_pages(self):
        kept = self.officer.call("GET", "/api/v1/profile")
        self.assertEqual(kept["profile"]["team"], "Kota Contoh CSIRT")
        profile = {**kept["profile"], "email": "csirt@kota.example", "phone": "021 555 0100",
                   "constituency": {"id": "Semua perangkat daerah.", "en": "All departments."}}
        tag = self.officer.headers["etag"]
        self.officer.call("PUT", "/api/v1/profile", profile, {"If-Match": tag})
        with self.assertRaises(ApiError) as stale:
            self.officer.call("PUT", "/api/v1/profile", profile, {"If-Match": tag})
        self.assertEqual(stale.exception.status, 412)
        with self.assertRaises(ApiError) as wrong:
            self.officer.call("PUT", "/api/v1/profile", {"colour": "red"}, {"If-Match": '"v1"'})
        self.assertIn("colour", wrong.exception.problem)
        citizen = Citizen(self.server)
        self.assertIn("csirt@kota.example", citizen.get("/rfc2350").body)
        self.assertIn("All departments.", citizen.get("/en").body)
        self.assertIn("mailto:csirt@kota.example", citizen.get("/.well-known/security.txt").body)


if __name__ == "__main__":
    sys.exit(closing_line(unittest.main(exit=False, argv=sys.argv[:1]).result))
