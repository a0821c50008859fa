#!/usr/bin/env python3
"""Whole pipeline on this machine: access log in, last event found by search, its alert listed.

usage: bench/throughput.py [--lines N] [--preload N] [--seed S] [--keep DIR] [--port P]
The clock starts with `tanggap import` and stops when the last event is found by a search and the
alert of the last attack is listed. --preload imports that many lines first (a filled store).
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
from tanggap_server import BINARY, Server, engine_child_pid  # noqa: E402


def generate(folder, lines, seed, end):
    result = subprocess.run([BINARY, "demo", "generate", "--kind", "load", "--lines", str(lines), "--seed", str(seed),
                             "--end", end, "--out", folder], capture_output=True, text=True, check=True)
    print(result.stdout.strip() or result.stderr.strip())
    return re.search(r"last attack from (\S+)", result.stdout + result.stderr).group(1)


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def last_line(log):
    with open(log, "rb") as file:
        file.seek(-min(log.stat().st_size, 1 << 16), 2)
        return file.read().rstrip(b"\n").rsplit(b"\n", 1)[-1].decode()


def wait_visible(server, log, attacker):
    last = last_line(log)
    path = re.search(r'"\S+ (\S+) HTTP', last).group(1)
    query = urllib.parse.urlencode({"q": f'source.ip:"{attacker}"', "from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "limit": 1})
    alerts = urllib.parse.urlencode({"q": f'source:"{attacker}"', "limit": 5})
    while True:
        events = server.call("/api/v1/events?" + query)["items"]
        if events and path in events[0]["event"]["original"] and server.call("/api/v1/alerts?" + alerts)["items"]:
            return
        time.sleep(0.05)


def timed_import(server, folder, lines, label, sensor, attacker):
    log = folder / "access.log"
    child = engine_child_pid(server)
    before = cpu_seconds(server.process.pid), cpu_seconds(child)
    started = time.monotonic()
    result = server.run_import("--sensor", sensor, log)
    imported = time.monotonic() - started
    if result.returncode != 0:
        sys.exit(f"import ended with {result.returncode}: {result.stderr}")
    wait_visible(server, log, attacker)
    visible = time.monotonic() - started
    server.wait_drained(600)
    drained = time.monotonic() - started
    print(f"{label}: {lines} lines, {log.stat().st_size / 1e6:.0f} MB: acknowledged in {imported:.1f} s, "
          f"last event and alert visible in {visible:.1f} s = {lines / visible:.0f} lines/s; all archived in {drained:.1f} s; "
          f"CPU µs/line: serve {(cpu_seconds(server.process.pid) - before[0]) * 1e6 / lines:.1f}, "
          f"engine child {(cpu_seconds(child) - before[1]) * 1e6 / lines:.1f}")
    print(f"  peak memory MiB: serve {peak_mib(server.process.pid):.0f}, engine child {peak_mib(child):.0f}")


def folder_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--preload", type=int, default=0)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--port", type=int, help="listen here instead of on a free port")
    parser.add_argument("--keep", help="leave the data folder here")
    wanted = parser.parse_args()
    work = pathlib.Path(wanted.keep or tempfile.mkdtemp(prefix="tanggap-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    with Server(data=work) as server:
        server.port = wanted.port or server.port
        server.start().setup()
        if wanted.preload:
            folder = work / "preload"
            attacker = generate(folder, wanted.preload, wanted.seed + 1, "2026-10-01T00:00:00Z")
            timed_import(server, folder, wanted.preload, "empty store", "web-0", attacker)
        folder = work / "load"
        attacker = generate(folder, wanted.lines, wanted.seed, "2026-11-20T00:00:00Z")
        label = f"store with {wanted.preload} events" if wanted.preload else "empty store"
        timed_import(server, folder, wanted.lines, label, "web-1", attacker)
        total = wanted.lines + wanted.preload
        for name in ("engine", "cases", "journal"):
            path = server.data / name
            if path.exists():
                print(f"  on disk, {name}: {folder_bytes(path) / total:.1f} bytes/event")
        print("  ledger:", server.call("/api/v1/ledger"))
        server.stop()
    if not wanted.keep:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
