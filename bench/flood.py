#!/usr/bin/env python3
"""Memory under everything at once: an import, syslog over TCP and UDP, and HTTP bodies, as fast as they go.

usage: bench/flood.py [--seconds N] [--lines N] [--port P]
Prints the peak memory of `serve` and of the engine child every few seconds and at the end, and checks that
the ledger closes: what was sent is received, or counted as lost before receipt (UDP only).
"""
import argparse
import http.client
import json
import pathlib
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tanggap_server import Server, engine_child_pid, free_port  # noqa: E402
from throughput import generate, peak_mib  # noqa: E402


class Flood:
    def __init__(self, server, tcp_port, udp_port, seconds):
        self.server, self.tcp_port, self.udp_port = server, tcp_port, udp_port
        self.deadline = time.monotonic() + seconds
        self.sent = {"tcp": 0, "udp": 0, "http": 0, "http refused": 0}
        self.mutex = threading.Lock()

    def going(self):
        return time.monotonic() < self.deadline

    def add(self, what, count):
        with self.mutex:
            self.sent[what] += count

    def tcp(self, lane):
        with socket.create_connection(("127.0.0.1", self.tcp_port)) as peer:
            n = 0
            while self.going():
                lines = [f"<38>Sep 20 10:00:{i % 60:02} host{lane} sshd[{i}]: Failed password for user{i % 500} "
                         f"from 203.0.113.{i % 250} port {1024 + i % 60000} ssh2\n" for i in range(n, n + 5000)]
                peer.sendall("".join(lines).encode())
                n += len(lines)
                self.add("tcp", len(lines))

    def udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            n = 0
            while self.going():
                for i in range(n, n + 500):
                    peer.sendto(f"<13>Sep 20 10:00:{i % 60:02} host app[{i}]: message {i}".encode(), ("127.0.0.1", self.udp_port))
                n += 500
                self.add("udp", 500)
                time.sleep(0.005)

    def http(self, lane):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        n = 0
        while self.going():
            body = "".join(json.dumps({"@timestamp": "2026-09-20T10:00:00Z", "message": f"lane {lane} event {i}",
                                       "user": {"name": f"u{i % 900}"}, "n": {str(k): i for k in range(12)}}) + "\n"
                           for i in range(n, n + 8000))
            connection.request("POST", f"/api/v1/ingest/http-{lane}", body.encode(),
                               {"Authorization": "Bearer " + self.server.key, "Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 202:
                self.add("http", 8000)
            else:
                self.add("http refused", 8000)
                time.sleep(0.2)
            n += 8000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--lines", type=int, default=3_000_000)
    parser.add_argument("--port", type=int)
    wanted = parser.parse_args()
    tcp_port, udp_port = (wanted.port + 1, wanted.port + 2) if wanted.port else (free_port(), free_port())
    with tempfile.TemporaryDirectory(prefix="tanggap-flood-") as folder, \
            Server("--syslog-tcp", f"127.0.0.1:{tcp_port}", "--syslog-udp", f"127.0.0.1:{udp_port}", data=folder) as server:
        server.port = wanted.port or server.port
        server.start().setup()
        child = engine_child_pid(server)
        print(f"at rest: serve {peak_mib(server.process.pid):.0f} MiB at most so far", flush=True)
        generate(pathlib.Path(folder) / "load", wanted.lines, 20261122, "2026-11-20T00:00:00Z")
        flood = Flood(server, tcp_port, udp_port, wanted.seconds)
        threads = [threading.Thread(target=flood.tcp, args=(lane,)) for lane in range(3)]
        threads += [threading.Thread(target=flood.http, args=(lane,)) for lane in range(3)]
        threads.append(threading.Thread(target=flood.udp))
        imported = []
        threads.append(threading.Thread(target=lambda: imported.append(
            server.run_import("--sensor", "web", pathlib.Path(folder) / "load/access.log"))))
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(5)
            print(f"  {flood.sent}; peak MiB: serve {peak_mib(server.process.pid):.0f}, child {peak_mib(child):.0f}", flush=True)
        ledger = server.wait_drained(600)
        sent = flood.sent["tcp"] + flood.sent["udp"] + flood.sent["http"] + wanted.lines
        print(f"import ended with {imported[0].returncode}; sent {sent}; ledger {ledger}")
        print(f"peak memory MiB: serve {peak_mib(server.process.pid):.0f}, engine child {peak_mib(child):.0f}")
        missing = sent - ledger["received"] - ledger["lost_before_receipt"]
        if imported[0].returncode != 0 or missing != 0:
            sys.exit(f"{missing} records are neither received nor counted as lost")
        server.stop()


if __name__ == "__main__":
    main()
