#!/usr/bin/env python3
"""Peers that want to keep the others out: they are counted, and the others are heard."""
import pathlib
import re
import resource
import signal
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import Server, closing_line  # noqa: E402


class HostilePeers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start().setup()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.server.__exit__()

    def connect(self, port, source="127.0.0.1"):
        peer = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
        self.addCleanup(peer.close)
        return peer

    def test_a_stranger_is_not_invited_to_send_a_long_body(self):
        peer = self.connect(self.server.port)
        peer.sendall(b"POST /api/v1/ingest/a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                     b"Content-Length: 8000000\r\nExpect: 100-continue\r\n\r\n")
        self.assertTrue(peer.recv(4096).startswith(b"HTTP/1.1 401 "))


class FewDescriptors(unittest.TestCase):
    def test_connections_do_not_take_the_descriptors_of_the_journal(self):
        """The soft limit of a fresh Debian is 1024: below what the listeners alone may hold."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with Server("--syslog-tcp", "127.0.0.1:0") as server:
            server.start().setup()
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
            port = int(re.search(r"syslog-tcp 127\.0\.0\.1:(\d+)", server.log()).group(1))
            peers = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(1100)]
            self.addCleanup(lambda: [peer.close() for peer in peers])
            answer = server.call("/api/v1/ingest/a", "POST", b"masih diterima\n", {"Content-Type": "text/plain"})
            self.assertEqual(answer["received"], 1)
            self.assertEqual(server.wait_drained()["stored"], 1)


class BadOptions(unittest.TestCase):
    """What serve refuses before it listens, naming what is wrong."""

    def refused(self, *flags):
        with Server(*flags) as server:
            server.start(wait=False)
            self.assertNotEqual(server.process.wait(60), 0)
            return server.log()

    def test_a_sensor_name_that_is_none(self):
        self.assertIn("sensor name", self.refused("--tail", "/nowhere/*.log=<script>"))

    def test_a_port_that_is_none(self):
        self.assertIn("99999", self.refused("--syslog-udp", "127.0.0.1:99999"))

    def test_a_folder_that_was_there_keeps_its_mode(self):
        with Server() as server:
            server.data.mkdir()
            server.data.chmod(0o755)
            server.start()
            self.assertEqual(server.data.stat().st_mode & 0o777, 0o755)
            for secret in ("keys", "keys/master", "cases/cases.sqlite", "journal", "engine"):
                self.assertEqual((server.data / secret).stat().st_mode & 0o077, 0, secret)

    def test_stops_although_a_body_never_ends(self):
        with Server() as server:
            server.start()
            with socket.create_connection(("127.0.0.1", server.port)) as peer:
                peer.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx")
                self.assertEqual(server.stop(signal.SIGTERM, seconds=25), 0)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
