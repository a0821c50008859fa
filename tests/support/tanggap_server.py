"""A real `tanggap serve` on a folder of its own, for tests written in Python (standard library only)."""
import hashlib
import hmac
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("TANGGAP_BINARY", ROOT / "build/release/src/tanggap"))
PASSWORD = "kuda-laut-biru-menari-2026"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ApiError(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status}: {problem}")
        self.status, self.problem = status, problem


class Server:
    """Starts on first use of `start`; the data folder lives as long as this object."""

    def __init__(self, *flags, data=None, env=None):
        self._folder = None if data else tempfile.TemporaryDirectory(prefix="tanggap-test-")
        self.data = pathlib.Path(data or self._folder.name) / "data"
        self.port = free_port()
        self.flags = list(flags)
        self.env = dict(os.environ, **(env or {}))
        self.process = None
        self.key = None
        self.log_path = self.data.parent / "serve.log"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, wait=True):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}",
                 "--setup-token-file", self.token_file, *self.flags],
                stdout=log, stderr=log, env=self.env)
        if wait:
            self.wait_ready()
        return self

    @property
    def token_file(self):
        return self.data.parent / "setup-token"

    @property
    def key_file(self):
        return self.data.parent / "api-key"

    def wait_ready(self, seconds=60, path="/health"):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            try:
                with urllib.request.urlopen(self.url + path, timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"serve did not answer within {seconds} s:\n{self.log()[-3000:]}")

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def setup(self):
        """Makes the first account and the key that the other calls use."""
        password = self.data.parent / "password"
        password.write_text(PASSWORD + "\n")
        self.totp_file = self.data.parent / "totp"
        result = self.run("setup", "--server", self.url, "--token-file", self.token_file, "--admin", "rina",
                          "--password-file", password, "--totp-secret-out", self.totp_file,
                          "--api-key-out", self.key_file)
        if result.returncode != 0:
            raise RuntimeError(f"setup ended with {result.returncode}: {result.stderr}")
        self.key = self.key_file.read_text().strip()
        return self

    def run(self, *words, **options):
        options.setdefault("timeout", 600)
        return subprocess.run([str(BINARY), *map(str, words)], capture_output=True, text=True, check=False, **options)

    def run_import(self, *words):
        return self.run("import", "--server", self.url, "--token-file", self.key_file, "--json", *words)

    def call(self, path, method="GET", body=None, headers=None, timeout=60):
        headers = dict(headers or {})
        if self.key and "Authorization" not in headers:
            headers["Authorization"] = "Bearer " + self.key
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise ApiError(error.code, error.read().decode(errors="replace")) from None
        return json.loads(text) if text.startswith(("{", "[")) else text

    def metric(self, name, **labels):
        """The sum of a metric's samples that carry these labels; 0 when there is none."""
        total = 0.0
        for line in self.call("/metrics").splitlines():
            sample, _, value = line.rpartition(" ")
            if sample.split("{")[0] == name and all(f'{key}="{text}"' in sample for key, text in labels.items()):
                total += float(value)
        return total

    def walk(self, path, **query):
        """Every item of a list, page by page."""
        query.setdefault("limit", 500)
        while True:
            page = self.call(f"{path}?{urllib.parse.urlencode(query)}")
            yield from page["items"]
            if not page.get("next"):
                return
            query["cursor"] = page["next"]

    def wait_drained(self, seconds=120):
        """Until everything acknowledged is archived and the ledger balances."""
        deadline = time.monotonic() + seconds
        while True:
            ledger = self.call("/api/v1/ledger")
            if ledger["in_flight"] == 0 and ledger["balances"]:
                return ledger
            if time.monotonic() > deadline:
                raise RuntimeError(f"not drained within {seconds} s: {ledger}")
            time.sleep(0.05)

    def totp(self):
        return totp_code(self.totp_file.read_text().strip())

    def stop(self, how=signal.SIGTERM, seconds=60):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(seconds)
        return self.process.returncode if self.process else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.stop(signal.SIGKILL)
        if self._folder:
            self._folder.cleanup()


def totp_code(secret, moment=None):
    """RFC 6238 with SHA-1, 30 s, six digits; `secret` is base32."""
    import base64
    padded = secret.upper() + "=" * (-len(secret) % 8)
    counter = struct.pack(">Q", int((moment or time.time()) // 30))
    digest = hmac.new(base64.b32decode(padded), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def closing_line(result):
    """Prints the line that the runner counts, from a unittest result, and gives the exit code."""
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not result.testsRun else 0


def engine_child_pid(server):
    """The engine child of a running server, from the process table."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = (entry / "status").read_text()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        parent = re.search(r"^PPid:\s+(\d+)", status, re.M)
        if parent and int(parent.group(1)) == server.process.pid and b"engine-child" in command:
            return int(entry.name)
    return None
