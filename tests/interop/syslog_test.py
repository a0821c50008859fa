#!/usr/bin/env python3
"""Real rsyslog and real syslog-ng deliver into a running server: over TCP every line exactly once.

rsyslogd is Debian's; syslog-ng is unpacked by fetch_syslog_ng.sh into TANGGAP_SYSLOG_NG (a folder), because its
package would remove rsyslog. What is not there is skipped and listed as such.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tanggap_server import Server, closing_line, free_port  # noqa: E402

LINES = 2000
RSYSLOGD = pathlib.Path("/usr/sbin/rsyslogd")


class Sender:
    """A syslog daemon with configuration, state and pid of its own, that forwards the lines of one file."""

    def __init__(self, folder, lines):
        self.folder = folder
        self.lines = folder / "lines.log"
        self.lines.write_text("".join(line + "\n" for line in lines))
        self.log = open(folder / "sender.log", "wb")
        self.process = None

    def __enter__(self):
        (self.folder / "sender.conf").write_text(self.configuration())
        self.process = subprocess.Popen(self.command(), stdout=self.log, stderr=self.log, env=self.environment())
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def environment(self):
        return dict(os.environ)


class Rsyslog(Sender):
    def __init__(self, folder, lines, port, transport):
        super().__init__(folder, lines)
        self.action = {
            "counted": f'Protocol="tcp" TCP_Framing="octet-counted" Port="{port}"',
            "lines": f'Protocol="tcp" TCP_Framing="traditional" Port="{port}"',
            "udp": f'Protocol="udp" Port="{port}"',
        }[transport]

    def configuration(self):
        return f'''
global(workDirectory="{self.folder}")
module(load="imfile")
input(type="imfile" File="{self.lines}" Tag="probe:" Severity="info" Facility="local0")
action(type="omfwd" Target="127.0.0.1" {self.action} Template="RSYSLOG_SyslogProtocol23Format")
'''

    def command(self):
        return [str(RSYSLOGD), "-n", "-f", str(self.folder / "sender.conf"), "-i", str(self.folder / "sender.pid")]


class SyslogNg(Sender):
    root = pathlib.Path(os.environ.get("TANGGAP_SYSLOG_NG", "/nonexistent"))

    def __init__(self, folder, lines, port, transport):
        super().__init__(folder, lines)
        self.destination = {
            "counted": f'syslog("127.0.0.1" port({port}) transport("tcp"))',
            "lines": f'network("127.0.0.1" port({port}) transport("tcp"))',
            # Without a pace a burst overruns any receive buffer; the kernel's drops are counted, not prevented.
            "udp": f'network("127.0.0.1" port({port}) transport("udp") throttle(1000))',
        }[transport]

    def configuration(self):
        return f'''@version: 3.35
source lines {{ file("{self.lines}" flags(no-parse) program-override("probe")); }};
destination tanggap {{ {self.destination}; }};
log {{ source(lines); destination(tanggap); }};
'''

    def command(self):
        return [str(self.root / "root/usr/sbin/syslog-ng"), "--foreground", "--no-caps", "--stderr",
                "--cfgfile", str(self.folder / "sender.conf"), "--persist-file", str(self.folder / "persist"),
                "--pidfile", str(self.folder / "sender.pid"), "--control", str(self.folder / "control"),
                "--module-path", str(next((self.root / "root/usr/lib/syslog-ng").glob("[0-9]*")))]

    def environment(self):
        name, value = (self.root / "lib.env").read_text().strip().split("=", 1)
        return dict(os.environ, **{name: value})


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


class SyslogInterop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tcp, cls.udp = free_port(), free_port()
        cls.server = Server("--syslog-tcp", f"127.0.0.1:{cls.tcp}", "--syslog-udp", f"127.0.0.1:{cls.udp}")
        cls.server.start().setup()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.__exit__()

    def found(self, run):
        """The numbers of the lines of `run` that the server can show, as often as it shows them."""
        pattern = re.compile(rf"{run} line (\d+)")
        events = self.server.walk("/api/v1/events", q=run, **{"from": "now-24h"})
        return sorted(int(pattern.search(str(event)).group(1)) for event in events)

    def deliver(self, kind, transport):
        run = f"{kind.__name__.lower()}{transport}{os.getpid()}"
        port = self.udp if transport == "udp" else self.tcp
        before = self.server.call("/api/v1/ledger")
        lines = [f"{run} line {n:06d}" for n in range(LINES)]
        with tempfile.TemporaryDirectory(prefix="tanggap-interop-") as folder:
            with kind(pathlib.Path(folder), lines, port, transport) as sender:
                def arrived():
                    now = self.server.call("/api/v1/ledger")
                    lost = now["lost_before_receipt"] - before["lost_before_receipt"]
                    return now["received"] - before["received"] + lost >= LINES
                self.assertTrue(wait_until(arrived), f"{(sender.folder / 'sender.log').read_text()[-2000:]}")
        ledger = self.server.wait_drained()
        return self.found(run), ledger["lost_before_receipt"] - before["lost_before_receipt"]

    def each_line_once(self, kind, transport):
        found, lost = self.deliver(kind, transport)
        self.assertEqual(found, list(range(LINES)))
        self.assertEqual(lost, 0)

    def nothing_lost_uncounted(self, kind):
        found, lost = self.deliver(kind, "udp")
        self.assertEqual(len(found), len(set(found)))
        self.assertGreaterEqual(len(found) + lost, LINES)

    @unittest.skipUnless(RSYSLOGD.exists(), "rsyslogd is not installed")
    def test_rsyslog_counted(self):
        self.each_line_once(Rsyslog, "counted")

    @unittest.skipUnless(RSYSLOGD.exists(), "rsyslogd is not installed")
    def test_rsyslog_lines(self):
        self.each_line_once(Rsyslog, "lines")

    @unittest.skipUnless(RSYSLOGD.exists(), "rsyslogd is not installed")
    def test_rsyslog_udp(self):
        self.nothing_lost_uncounted(Rsyslog)

    @unittest.skipUnless(SyslogNg.root.exists(), "TANGGAP_SYSLOG_NG names no folder with syslog-ng")
    def test_syslog_ng_counted(self):
        self.each_line_once(SyslogNg, "counted")

    @unittest.skipUnless(SyslogNg.root.exists(), "TANGGAP_SYSLOG_NG names no folder with syslog-ng")
    def test_syslog_ng_lines(self):
        self.each_line_once(SyslogNg, "lines")

    @unittest.skipUnless(SyslogNg.root.exists(), "TANGGAP_SYSLOG_NG names no folder with syslog-ng")
    def test_syslog_ng_udp(self):
        self.nothing_lost_uncounted(SyslogNg)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
