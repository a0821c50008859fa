#!/usr/bin/env python3
"""Kills a real `tanggap serve`, its engine child, or both, while data flows; then reads every id back.

    crash_serve.py [--serve N] [--child N] [--both N] [--startup N] [--seed S] [--lines-max N]

The senders live here, outside the process, and keep what was acknowledged. At the end every line that
HTTP acknowledged is found by the API exactly once, no syslog line more than once, the ledger balances
with as many stored events as the API lists, and the alerts are those of a second server that was
given the same lines and never killed. TANGGAP_BINARY names the program. Standard library only.
"""
import argparse
import collections
import datetime
import os
import pathlib
import random
import re
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import Server, engine_child_pid, free_port  # noqa: E402

MARK = re.compile(r"crash-(http|syslog)-(\d+)")
CHUNK_LINES = 40
ATTACKS = ["/index.php?id=1%20UNION%20SELECT%20username,password%20FROM%20users--",
           "/download?file=../../../../../../etc/passwd", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E"]


class HttpSender(threading.Thread):
    """One chunk after the other, each sent again under its key until it is acknowledged."""

    def __init__(self, server, seed, lines_max):
        super().__init__(daemon=True)
        self.server, self.random, self.lines_max = server, random.Random(seed), lines_max
        self.base = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=2)
        self.chunks, self.retries, self.ending = [], 0, threading.Event()

    def make_line(self, number):
        moment = (self.base + datetime.timedelta(milliseconds=50 * number)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        attack = self.random.random() < 0.02
        address = f"198.51.100.{self.random.randrange(1, 30)}" if attack else f"192.0.2.{self.random.randrange(1, 250)}"
        path = self.random.choice(ATTACKS) if attack else "/berita"
        join = "&" if "?" in path else "?"
        return (f'{address} - - [{moment}] "GET {path}{join}n=crash-http-{number} HTTP/1.1" 200 512 "-" '
                f'"Mozilla/5.0 (X11; Linux x86_64)"')

    def run(self):
        number = 0
        while not self.ending.is_set() and number < self.lines_max:
            lines = [self.make_line(number + i) for i in range(CHUNK_LINES)]
            number += CHUNK_LINES
            if not self.deliver(lines, f"{id(self)}-{number}"):
                return
            self.chunks.append(lines)

    def deliver(self, lines, key, seconds=300):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                post(self.server, lines, key)
                return True
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    raise RuntimeError(f"ingest answered {error.code}: {error.read()[:300]}") from None
                self.retries += 1
                time.sleep(0.05)
            except (OSError, ConnectionError, TimeoutError):
                self.retries += 1
                time.sleep(0.02)
        raise RuntimeError(f"a chunk was not acknowledged within {seconds} s")

    def numbers(self):
        return {int(MARK.search(line).group(2)) for lines in self.chunks for line in lines}


def post(server, lines, key):
    request = urllib.request.Request(
        server.url + "/api/v1/ingest/crash-web?source=apache_access", data=("\n".join(lines) + "\n").encode(),
        method="POST", headers={"Authorization": "Bearer " + server.key, "Content-Type": "text/plain",
                                "Idempotency-Key": key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        if answer.status != 202:
            raise RuntimeError(f"ingest answered {answer.status}, expected 202")


class SyslogSender(threading.Thread):
    """Lines over TCP as fast as they go; nothing is acknowledged, so some may be lost."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.sent, self.ending = port, 0, threading.Event()

    def run(self):
        connection = None
        while not self.ending.is_set():
            try:
                connection = connection or socket.create_connection(("127.0.0.1", self.port), timeout=5)
                moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                line = f"<134>1 {moment} host.example app 7 - - crash-syslog-{self.sent} all is well\n"
                self.sent += 1
                connection.sendall(line.encode())
                time.sleep(0.002)
            except OSError:
                connection = None
                time.sleep(0.02)


def kill_serve(server):
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(60)


def strike(server, kind, chance):
    """One blow; the server runs again afterwards. A child still being started is waited for."""
    time.sleep(chance.uniform(0.02, 1.2))
    if kind in ("child", "both"):
        kill_child(server)
    if kind in ("serve", "both", "startup"):
        kill_serve(server)
    if kind == "startup":
        server.start(wait=False)
        time.sleep(chance.uniform(0.0, 0.5))
        kill_serve(server)
    if kind != "child":
        server.start()


def kill_child(server, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        child = engine_child_pid(server)
        try:
            if child:
                os.kill(child, signal.SIGKILL)
                return
        except ProcessLookupError:
            pass  # it ended by itself in between; the next one is hit
        time.sleep(0.01)
    raise RuntimeError(f"there was no engine child within {seconds} s")


def alerts_of(server):
    """What the alerts say, without what differs between runs (ids, numbers, times of making)."""
    return collections.Counter((a["source"], a["technique"], a["target"], a["events"], a["detections"])
                               for a in server.walk("/api/v1/alerts"))


def read_back(server):
    """How often each mark is found, over all events."""
    found, events = collections.Counter(), 0
    for event in server.walk("/api/v1/events", **{"from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}):
        events += 1
        mark = MARK.search(str(event))
        if mark:
            found[(mark.group(1), int(mark.group(2)))] += 1
    return found, events


def judge(server, http, syslog):
    problems = []
    ledger = server.wait_drained(600)
    found, events = read_back(server)
    missing = [n for n in http.numbers() if found[("http", n)] == 0]
    repeated = [mark for mark, times in found.items() if times > 1]
    if missing:
        problems.append(f"{len(missing)} acknowledged lines are missing, e.g. {sorted(missing)[:5]}")
    if repeated:
        problems.append(f"{len(repeated)} lines are there more than once, e.g. {repeated[:5]}")
    if ledger["stored"] != events:
        problems.append(f"the ledger says {ledger['stored']} stored, the API lists {events}")
    kept = sum(1 for kind, _ in found if kind == "syslog")
    print(f"http: {len(http.numbers())} lines acknowledged, {http.retries} retries; syslog: {syslog.sent} sent, "
          f"{kept} kept; ledger {ledger}")
    return problems


def compare_alerts(server, http):
    """The same lines into a server that nobody kills."""
    with Server() as calm:
        calm.start().setup()
        for index, lines in enumerate(http.chunks):
            post(calm, lines, f"calm-{index}")
        calm.wait_drained(600)
        expected, actual = alerts_of(calm), alerts_of(server)
    print(f"alerts: {sum(actual.values())}, without kills {sum(expected.values())}")
    if expected != actual:
        return [f"alerts differ: only with kills {list((actual - expected).items())[:5]}, "
                f"only without {list((expected - actual).items())[:5]}"]
    return []


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for kind, count in (("serve", 15), ("child", 15), ("both", 5), ("startup", 5)):
        arguments.add_argument(f"--{kind}", type=int, default=count, help=f"kills of this kind (default {count})")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments.add_argument("--lines-max", type=int, default=200_000)
    chosen = arguments.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    chance = random.Random(chosen.seed)
    blows = [kind for kind in ("serve", "child", "both", "startup") for _ in range(getattr(chosen, kind))]
    chance.shuffle(blows)
    port = free_port()
    struck, restarts = collections.Counter(), []
    with Server("--syslog-tcp", f"127.0.0.1:{port}") as server:
        server.start().setup()
        http, syslog = HttpSender(server, chosen.seed, chosen.lines_max), SyslogSender(port)
        http.start()
        syslog.start()
        for kind in blows:
            begun = time.monotonic()
            strike(server, kind, chance)
            struck[kind] += 1
            restarts.append(time.monotonic() - begun)
            print(f"{sum(struck.values())}/{len(blows)} {kind}", flush=True)
        for sender in (http, syslog):
            sender.ending.set()
            sender.join(320)
        problems = judge(server, http, syslog) + compare_alerts(server, http)
        if http.is_alive():
            problems.append("the HTTP sender never ended")
        if problems:
            print(server.log()[-4000:], file=sys.stderr)
    print(f"kills {dict(struck)}, slowest with restart {max(restarts, default=0):.1f} s, seed {chosen.seed}")
    for problem in problems:
        print("FAILED:", problem)
    print(f"{0 if problems else 1} passed, {1 if problems else 0} failed, 0 skipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
