#!/usr/bin/env python3
"""Search bars of a filled store: medians of lists, histogram, top-5 and one token in 24 h.

usage: bench/search.py --data DIR [--runs N]     (DIR as left by bench/throughput.py --keep)
"""
import argparse
import pathlib
import statistics
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
from tanggap_server import Server  # noqa: E402

EVERYTHING = {"from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
DAY = {"from": "2026-11-18T00:00:00Z", "to": "2026-11-19T00:00:00Z"}
EVENTS = [
    ("newest first, no filter", "/api/v1/events", {**EVERYTHING}),
    ("newest first, 1 filter", "/api/v1/events", {**EVERYTHING, "q": "http.response.status_code:404"}),
    ("newest first, 3 filters", "/api/v1/events",
     {**EVERYTHING, "q": 'http.response.status_code:404 http.request.method:GET url.path:"/.env"'}),
    ("newest first, rare address", "/api/v1/events", {**EVERYTHING, "q": "source.ip:198.18.7.9"}),
    ("histogram, no filter", "/api/v1/events/histogram", {**EVERYTHING, "buckets": 60}),
    ("histogram, 1 filter", "/api/v1/events/histogram", {**EVERYTHING, "buckets": 60, "q": "http.response.status_code:404"}),
    ("top 5 addresses", "/api/v1/events/top", {**EVERYTHING, "field": "source.ip", "n": 5}),
    ("top 5 status", "/api/v1/events/top", {**EVERYTHING, "field": "http.response.status_code", "n": 5}),
    ("one token in 24 h", "/api/v1/events", {**DAY, "q": "zgrab"}),
    ("substring over everything", "/api/v1/events", {**EVERYTHING, "q": "*jndi*"}),
]
ALERTS = [
    ("alerts by priority", "/api/v1/alerts", {"sort": "-priority"}),
    ("alerts newest first", "/api/v1/alerts", {"sort": "-last_seen"}),
    ("alerts, 1 filter", "/api/v1/alerts", {"sort": "-last_seen", "q": "severity:high"}),
    ("alerts, 3 filters", "/api/v1/alerts", {"sort": "-last_seen", "q": "severity:high technique:T1190 outcome:failed"}),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--runs", type=int, default=7)
    wanted = parser.parse_args()
    with Server(data=wanted.data) as server:
        server.start()
        server.key = server.key_file.read_text().strip()
        server.wait_ready(path="/ready")
        server.wait_drained(600)
        for name, path, query in EVENTS + ALERTS:
            times = []
            for _ in range(wanted.runs):
                started = time.monotonic()
                server.call(f"{path}?{urllib.parse.urlencode(query)}")
                times.append((time.monotonic() - started) * 1000)
            print(f"{name:32} median {statistics.median(times):7.0f} ms   max {max(times):7.0f} ms")
        server.stop()


if __name__ == "__main__":
    main()
