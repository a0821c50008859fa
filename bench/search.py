#!/usr/bin/env python3
"""The search bars (lists, histogram, top values, one token in a day, substring over everything) of a filled server.

usage: bench/search.py --data DIR [--alerts N] [--runs N] [--cold] [--only TEXT] [--port P]

DIR is a folder that `bench/throughput.py --preload 10000000 --keep DIR` left. --alerts fills its case
database up to N alerts first, through the real case store (build/bench/bench/case_store_bench). Every
figure is taken through the API of a running server: one warm-up, then median and 90th percentile of --runs.
--cold adds the first answer after the store's files have left the page cache (the engine's own caches of marks
and index, 64 MiB, stay).
"""
import argparse
import datetime
import http.client
import os
import pathlib
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
from tanggap_server import BINARY, ROOT, Server, engine_child_pid  # noqa: E402

EVERYTHING = {"from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
LIST_MS, FIRST_ROW_MS = 300, 1000
FILLER = ROOT / "build/bench/bench/case_store_bench"


def questions(day):
    """Event questions: name, route, parameters. `day`: where the fullest day begins."""
    def at(days):
        return (day + datetime.timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")
    spans = {"all": EVERYTHING, "30 d": {"from": at(-29), "to": at(1)}, "24 h": {"from": at(0), "to": at(1)}}
    lists = [
        ("all", ""), ("30 d", ""), ("24 h", ""),
        ("all", "http.response.status_code:404"),
        ("all", "http.response.status_code:403"),
        ("all", "src.ip:198.18.7.9"),
        ("all", "src.ip:198.18.0.0/24"),
        ("all", 'url.path:"/.env"'),
        ("all", 'url.path:"/no/such/path"'),
        ("all", "user_agent.original:*sqlmap*"),
        ("all", "user_agent.original:*nosuchagent*"),
        ("all", "-http.response.status_code:200"),
        ("all", "is:detected"),
        ("all", "level:critical"),
        ("30 d", "http.response.status_code>=500"),
        ("24 h", "http.response.status_code:404 -src.ip:198.18.7.9"),
        ("all", 'http.response.status_code:404 http.request.method:GET url.path:"/.env"'),
        ("all", 'http.response.status_code:404 http.request.method:POST url.path:"/.env"'),
        ("all", "http.response.status_code:200 http.request.method:POST user_agent.original:*Firefox*"),
        ("all", "http.response.status_code:418 http.request.method:GET source.geo.country_iso_code:ID"),
        ("30 d", 'src.ip:198.18.0.0/15 http.response.status_code:404 -url.path:"/.env"'),
        ("24 h", "http.response.status_code:404 http.request.method:GET user_agent.original:*zgrab*"),
        ("24 h", "zgrab"), ("24 h", "nosuchtoken"),
    ]
    asked = [(f"list {span} [{q}]", "/api/v1/events", {**spans[span], "q": q}) for span, q in lists]
    for span in spans:
        asked.append((f"histogram {span}", "/api/v1/events/histogram", {**spans[span], "buckets": 60}))
        for q in ("http.response.status_code:404", "user_agent.original:*Firefox*", "is:detected"):
            asked.append((f"histogram {span} [{q}]", "/api/v1/events/histogram", {**spans[span], "buckets": 60, "q": q}))
    for span in ("all", "24 h"):
        for field in ("source.ip", "url.path", "http.response.status_code", "user_agent.original", "rule"):
            asked.append((f"top 5 {field} {span}", "/api/v1/events/top", {**spans[span], "field": field, "n": 5}))
    for field in ("source.ip", "url.path"):
        asked.append((f"top 5 {field} all [status 404]", "/api/v1/events/top",
                      {**EVERYTHING, "field": field, "n": 5, "q": "http.response.status_code:404"}))
    return asked


ALERTS = [(f"alerts {sort} [{q}]", "/api/v1/alerts", {"sort": sort, "q": q})
          for sort in ("-priority", "-last_seen")
          for q in ("", "is:open", "severity:high", "severity:informational", "technique:T1505", "source:10.0.1.2",
                    'organisation:"Dinas 7"', "sensor:web-3", "-severity:low", "title:nowhere", "target:nowhere.example",
                    "severity:high is:open sensor:web-3", "severity:high technique:T1190 outcome:failed",
                    'organisation:"Dinas 7" technique:T1505 severity:critical',
                    "is:closed severity:critical outcome:blocked")]
ALERTS.append(("alert facets", "/api/v1/alerts/facets", {"fields": "severity,technique,organisation"}))
SUBSTRINGS = ["*jndi*", "*nosuchsubstringanywhere*"]


def fill_alerts(folder, wanted):
    """Real commits move the journal's cursor; it is set back, so that the folder can take logs again."""
    def cursor(value=None):
        with sqlite3.connect(folder / "cases/cases.sqlite") as connection:
            if value is not None:
                connection.execute("UPDATE counters SET value = ? WHERE name = 'cursor'", (value,))
            return connection.execute("SELECT value FROM counters WHERE name = 'cursor'").fetchone()[0]

    before = cursor()
    subprocess.run([FILLER, folder / "cases", str(wanted), "fill"], check=True)
    cursor(before)


def forget_files(folder):
    """Drops the folder's pages from the page cache, and nobody else's."""
    for path in folder.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def read_bytes(pid):
    if pid is None:
        return 0
    for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    return 0


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


class Bars:
    def __init__(self, server, runs, cold):
        self.server, self.runs, self.cold, self.missed, self.measured = server, runs, cold, [], 0
        self.child = engine_child_pid(server)

    def ask(self, path, query):
        started = time.monotonic()
        answer = self.server.call(f"{path}?{urllib.parse.urlencode(query)}")
        return (time.monotonic() - started) * 1000, answer

    def measure(self, name, path, query, bar=LIST_MS):
        cold = ""
        if self.cold:
            forget_files(self.server.data)
            cold = f"  cold {self.ask(path, query)[0]:6.0f}"
        self.ask(path, query)
        before = read_bytes(self.child)
        times, answer = [], None
        for _ in range(self.runs):
            took, answer = self.ask(path, query)
            times.append(took)
        read = (read_bytes(self.child) - before) / self.runs / 1e6
        median, late = statistics.median(times), statistics.quantiles(times, n=10, method="inclusive")[-1]
        self.judge(median <= bar, name)
        found = f"{len(answer['items'])} rows" if "items" in answer else ""
        print(f"{median:7.0f} ms  p90 {late:6.0f}{cold}  read {read:7.1f} MB  {name}  {found}", flush=True)

    def judge(self, held, name):
        self.measured += 1
        if not held:
            self.missed.append(name)

    def substring(self, text):
        """Page after page with a budget, as the console does, until nothing is left or 50 rows are there."""
        query = {**EVERYTHING, "q": text, "budget_ms": 400, "limit": 500}
        started, answers, rows, first_row = time.monotonic(), [], 0, None
        while True:
            answer = self.server.call("/api/v1/events?" + urllib.parse.urlencode(query))
            answers.append((time.monotonic() - started) * 1000)
            rows += len(answer["items"])
            first_row = first_row or (answers[-1] if answer["items"] else None)
            if not answer["next"]:
                break
            query["cursor"] = answer["next"]
        waits = [later - sooner for sooner, later in zip([0, *answers], answers)]
        self.judge((first_row or answers[0]) <= FIRST_ROW_MS and max(waits) <= FIRST_ROW_MS, f"substring {text}")
        print(f"substring over everything {text}: first answer {answers[0]:.0f} ms, first row "
              f"{'none' if first_row is None else f'{first_row:.0f} ms'}, longest wait for progress {max(waits):.0f} ms, "
              f"all {answer['searched']['of']} events in {answers[-1]:.0f} ms, {rows} rows, {len(answers)} answers", flush=True)

    def cancel(self):
        """A client that goes away: how long the engine still works for it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        connection.request("GET", "/api/v1/events?" + urllib.parse.urlencode({**EVERYTHING, "q": SUBSTRINGS[-1]}),
                           headers={"Authorization": "Bearer " + self.server.key})
        time.sleep(0.4)
        busy = cpu_ticks(self.child)
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        started = time.monotonic()
        while (now := cpu_ticks(self.child)) - busy > 1:
            busy = now
            time.sleep(0.1)
        took = (time.monotonic() - started) * 1000
        self.judge(took <= FIRST_ROW_MS, "cancel")
        print(f"cancel: the engine is idle {took:.0f} ms after the client left")

    def deep_page(self, query):
        page = {**query, "limit": 500}
        for _ in range(20):
            page["cursor"] = self.ask("/api/v1/events", page)[1]["next"]
            if not page["cursor"]:
                print(f"list all [{query['q']}] has fewer than 10,000 events: nothing to measure behind them")
                return
        self.measure(f"list all [{query['q']}] behind 10,000 events", "/api/v1/events", {**page, "limit": 50})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--alerts", type=int, default=0)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--port", type=int, help="listen here instead of on a free port")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--no-budget", action="store_true", help="a server without budgeted pages: no substring")
    parser.add_argument("--only", default="", help="measure only what has this in its name")
    wanted = parser.parse_args()
    with Server(data=wanted.data) as server:
        if wanted.alerts:
            fill_alerts(server.data, wanted.alerts)
        server.port = wanted.port or server.port
        server.start()
        server.key = server.key_file.read_text().strip()
        server.wait_ready(path="/ready")
        server.wait_drained(600)
        histogram = server.call("/api/v1/events/histogram?" + urllib.parse.urlencode({
            "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "buckets": 500}))
        if histogram["bucket_seconds"] != 86400:
            sys.exit(f"expected buckets of a day, got {histogram['bucket_seconds']} s")
        fullest = max(range(len(histogram["counts"])), key=lambda i: (histogram["counts"][i], i))
        day = datetime.datetime.fromisoformat(histogram["from"].replace("Z", "+00:00")) + datetime.timedelta(days=fullest)
        print(f"load {os.getloadavg()[0]:.1f} before; {BINARY.name}: {sum(histogram['counts'])} events, {server.call('/api/v1/overview')['ladder']['alerts']} alerts, "
              f"fullest day {day:%Y-%m-%d} with {max(histogram['counts'])} events", flush=True)
        bars = Bars(server, wanted.runs, wanted.cold)
        for name, path, query in questions(day) + ALERTS:
            if wanted.only in name:
                bars.measure(name, path, query)
        if not wanted.only:
            bars.deep_page({**EVERYTHING, "q": ""})
            bars.deep_page({**EVERYTHING, "q": "http.response.status_code:404"})
        for text in SUBSTRINGS:
            if wanted.only in "substring" and not wanted.no_budget:
                bars.substring(text)
        if not wanted.only and not wanted.no_budget:
            bars.cancel()
        print(f"{bars.measured - len(bars.missed)} of {bars.measured} bars hold"
              + "".join(f"\n  missed: {name}" for name in bars.missed))
        server.stop()


if __name__ == "__main__":
    main()
