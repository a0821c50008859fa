#!/usr/bin/env python3
"""From a citizen's "send" to the row in the officer's list: milliseconds, p50 and p99.

usage: portal.py [--reports N] [--before N]     N reports are timed, after N others are in the database

What is timed: the request that sends, until a list asked for again and again shows the new number.
"""
import argparse
import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
from citizen import Citizen  # noqa: E402
from tanggap_server import PASSWORD, Server  # noqa: E402


def sign_in(server):
    answer = Citizen(server).ask("POST", "/api/v1/session",
                                 json.dumps({"name": "rina", "password": PASSWORD, "code": server.totp()}),
                                 {"Content-Type": "application/json"})
    return answer.headers["set-cookie"].split(";")[0]


def newest(server, cookie):
    answer = Citizen(server).ask("GET", "/api/v1/reports?q=is:open&limit=1", headers={"Cookie": cookie})
    items = json.loads(answer.body)["items"]
    return items[0]["number"] if items else ""


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--reports", type=int, default=50)
    options.add_argument("--before", type=int, default=0)
    wanted = options.parse_args()
    with Server("--no-engine") as server:
        server.start()
        server.setup()
        cookie = sign_in(server)
        for i in range(wanted.before):
            Citizen(server).ask("POST", "/api/v1/reports", json.dumps({
                "channel": "phone", "answers": {"what": "other", "role": "citizen", "identity": "anonymous",
                                                "story": f"Laporan nomor {i} tentang situs dinas yang berubah."}}),
                {"Cookie": cookie, "X-Requested-With": "tanggap", "Content-Type": "application/json"})
        sent, seen = [], []
        for i in range(wanted.reports):
            citizen, started = Citizen(server, address=f"198.51.{i % 250}.7"), []
            number, _ = citizen.report(f"Pesan palsu nomor {i} meminta transfer pajak.",
                                       wait=lambda: (time.sleep(2.1), started.append(time.perf_counter())))
            sent.append((time.perf_counter() - started[0]) * 1000)
            while newest(server, cookie) != number:
                pass
            seen.append((time.perf_counter() - started[0]) * 1000)
        for name, times in (("send answered", sent), ("in the officer's list", seen)):
            ordered = sorted(times)
            print(f"{name}: p50 {statistics.median(ordered):.1f} ms, "
                  f"p99 {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.1f} ms, n {len(ordered)}")


if __name__ == "__main__":
    main()
