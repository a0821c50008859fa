"""A browser without JavaScript, as far as the public pages need one (standard library only)."""
import http.client
import http.cookies
import re
import urllib.parse


class Citizen:
    """Keeps cookies, remembers the form's seal, follows a redirect once."""

    def __init__(self, server, language="", address="198.51.100.77"):
        self.server, self.language, self.address = server, language, address
        self.cookies, self.seal = {}, ""
        self.status, self.body, self.headers, self.location = 0, "", {}, ""

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"X-Forwarded-For": self.address, **(headers or {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        self.status, self.body = answer.status, answer.read().decode("utf-8", "replace")
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                for key, morsel in http.cookies.SimpleCookie(value).items():
                    # Behind TLS the names have a prefix that browsers guard.
                    if morsel["max-age"] == "0":
                        self.cookies.pop(key, None)
                    else:
                        self.cookies[key] = morsel.value
        connection.close()
        self.location = self.headers.get("location", "")
        found = re.search(r'name="csrf" value="([^"]*)"', self.body)
        self.seal = found.group(1) if found else self.seal
        return self

    def cookie(self, name):
        return self.cookies.get("__Host-" + name) or self.cookies.get(name)

    def get(self, path):
        return self.ask("GET", self.language + path)

    def post(self, path, **fields):
        body = urllib.parse.urlencode({"csrf": self.seal, **fields})
        return self.ask("POST", self.language + path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path, name, content, button="unggah"):
        head = (f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.seal}\r\n'
                f'--b\r\nContent-Disposition: form-data; name="berkas"; filename="{name}"\r\n\r\n').encode()
        tail = f'\r\n--b\r\nContent-Disposition: form-data; name="{button}"\r\n\r\n1\r\n--b--\r\n'.encode()
        return self.ask("POST", self.language + path, head + content + tail,
                        {"Content-Type": "multipart/form-data; boundary=b"})

    def report(self, story, what="impersonation", where="", identity="anonymous", files=(), wait=None):
        """The whole way; gives (number, code). `wait` is called before sending."""
        self.get("/lapor")
        steps = [("apa", {"what": what})]
        if what == "fraud":
            steps.append(("uang", {}))
        elif what != "impersonation":
            steps.append(("sebagai", {"role": "citizen"}))
        steps += [("di-mana", {"where": where, "when": ""}), ("cerita", {"story": story})]
        for step, fields in steps:
            self.expect(303, self.post("/lapor/" + step, **fields))
        self.get("/lapor/bukti")
        for name, content in files:
            self.expect(303, self.upload("/lapor/bukti", name, content))
        self.expect(303, self.post("/lapor/bukti", lanjut="1"))
        self.expect(303, self.post("/lapor/identitas", identity=identity))
        if identity != "anonymous":
            self.expect(303, self.post("/lapor/kontak", name="Sari", email="sari@kota.example", phone=""))
        self.expect(200, self.get("/lapor/periksa"))
        if wait:
            wait()
        self.expect(200, self.post("/lapor/kirim"))
        return (re.search(r"LPR-\w{4}-\w{4}", self.body).group(0),
                re.search(r"\d{4}(?: \d{4}){3}", self.body).group(0))

    def expect(self, status, answer):
        if answer.status != status:
            raise AssertionError(f"{answer.status}, not {status}: {answer.body[:2000]}")
        return answer
