#!/usr/bin/env python3
"""From a log line to its row in the triage queue: milliseconds, p50 and p99.

usage: line_to_row.py [--lines N] [--gap SECONDS] [--seed N]

Each line is an attack from an address of its own. What is timed: the request that sends it, until the
queue asked for again and again, every 2 ms, shows its alert. Lines come at random (exponential gaps): a
batch is committed at once where the last is a second old, and waits for the second otherwise.
"""
import argparse
import pathlib
import random
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
from tanggap_server import Server  # noqa: E402

LINE = '{address} - - [20/Nov/2026:11:00:00 +0700] "GET /?s=1%27%20UNION%20SELECT%20user,password%20FROM%20users-- HTTP/1.1" 404 17 "-" "Mozilla/5.0"'


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--lines", type=int, default=200)
    options.add_argument("--gap", type=float, default=1.5)
    options.add_argument("--seed", type=int, default=20261129)
    wanted = options.parse_args()
    dice = random.Random(wanted.seed)
    with Server() as server:
        server.start().setup()
        times = []
        for i in range(wanted.lines):
            address = f"198.18.{i >> 8}.{i & 255}"
            line = LINE.format(address=address)
            time.sleep(dice.expovariate(1 / wanted.gap))
            started = time.perf_counter()
            server.call("/api/v1/ingest/web", "POST", line.encode() + b"\n", {"Content-Type": "text/plain"})
            while not server.call(f"/api/v1/triage?q=source:{address}&limit=1")["items"]:
                time.sleep(0.002)
                if time.perf_counter() - started > 30:
                    raise RuntimeError(f"{address} is not in the queue: {server.call('/api/v1/ledger')}")
            times.append((time.perf_counter() - started) * 1000)
    ordered = sorted(times)
    print(f"log line to row: p50 {statistics.median(ordered):.1f} ms, "
          f"p99 {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]:.1f} ms, n {len(ordered)}, seed {wanted.seed}")


if __name__ == "__main__":
    main()
