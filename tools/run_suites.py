#!/usr/bin/env python3
"""Builds and runs the test suites; the last line is `N passed, N failed, N skipped`.

A suite is a command. gtest programs are counted from their JSON report; every other command ends
with the same line as this one. Without a name all run, as in CI; --quick keeps what takes a minute
once built. `golden` is the part of `unit` that compares texts: it runs there, and alone by name.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEBUG = ROOT / "build/debug"
# Part of another suite, or long: run when named.
BY_NAME_ONLY = ("golden", "oracle")
# Left out by --quick beside what needs a server: minutes on a first run.
NOT_QUICK = ("web", "lint")
REPLAY_SECONDS_MAX = 120  # one target's seeds and variations take about a second; more is a hang
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


class Counts:
    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = []
        self.failures = []


def run(command, **options):
    return subprocess.run([str(word) for word in command], cwd=ROOT, check=False, **options)


def build(preset, *targets):
    """Configures on first use and builds; a failed build fails the whole run at once."""
    started = time.monotonic()
    if not (ROOT / f"build/{preset}/build.ninja").exists():
        if run(["cmake", "--preset", preset], stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"cmake --preset {preset} failed")
    command = ["cmake", "--build", f"build/{preset}"] + (["--target", *targets] if targets else [])
    if run(command, stdout=sys.stderr).returncode != 0:
        print("0 passed, 1 failed, 0 skipped")
        sys.exit(1)
    print(f"built {preset} in {time.monotonic() - started:.0f} s", file=sys.stderr)


def run_gtest(program, pattern=None):
    """How the program ended, its report (None where it wrote none), and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        command = [program, f"--gtest_output=json:{report}", "--gtest_brief=1"]
        if pattern:
            command.append(f"--gtest_filter={pattern}")
        started = time.monotonic()
        result = run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        seconds = time.monotonic() - started
        found = json.loads(report.read_text()) if report.exists() else None
    return result.returncode, found, f"{result.stdout}-- {program.name}: {seconds:.0f} s"


def check_gtest(program, counts, ended):
    name = program.name.removeprefix("test_")
    returned, found, printed = ended
    print(printed, flush=True)
    if found is None:
        counts.failed += 1
        counts.failures.append(f"{name}: ended with {returned} before its report")
        return
    for suite in found["testsuites"]:
        for test in suite["testsuite"]:
            title = f"{name}: {suite['name']}.{test['name']}"
            if test.get("failures"):
                counts.failed += 1
                counts.failures.append(title)
            elif test.get("result") == "SKIPPED" or test.get("status") == "NOTRUN":
                counts.skipped.append(title)
            else:
                counts.passed += 1
    if returned != 0 and not any(line.startswith(f"{name}:") for line in counts.failures):
        counts.failed += 1
        counts.failures.append(f"{name}: ended with {returned} (sanitizer or crash)")


def check_command(name, command, counts):
    result = run(command, stdout=subprocess.PIPE, text=True)
    sys.stdout.write(result.stdout)
    lines = [line for line in result.stdout.splitlines() if line.strip()]
    closing = CLOSING.match(lines[-1]) if lines else None
    if closing is None:
        counts.failed += 1
        counts.failures.append(f"{name}: ended with {result.returncode} and no closing line")
        return
    passed, failed, skipped = (int(n or 0) for n in closing.groups())
    if result.returncode != 0 and failed == 0:
        failed = 1
    counts.passed += passed
    counts.failed += failed
    counts.failures += [f"{name}: {failed} failed"] if failed else []
    counts.skipped += [f"{name}: {skipped} skipped"] if skipped else []


def scripts(folder):
    return sorted((ROOT / folder).glob("*_test.py"))


def suites():
    """Name, whether it needs the release server, how to run it."""
    yield "tidy", False, lambda counts: [
        check_command(script.stem, [sys.executable, script], counts) for script in scripts("tests/tidy")]
    yield "lint", False, lambda counts: check_command("lint", [sys.executable, "tools/lint.py"], counts)
    yield "unit", False, unit
    yield "fuzz", False, replay
    yield "oracle", False, oracle
    yield "golden", False, lambda counts: unit(counts, "*Golden*")
    yield "web", False, web
    yield "serve", True, lambda counts: [
        check_command(script.stem, [sys.executable, script], counts) for script in scripts("tests/serve")]
    yield "e2e", True, lambda counts: [
        check_command(script.stem, [sys.executable, script], counts) for script in scripts("tests/console")]
    yield "hunt", True, lambda counts: [
        check_command(script.stem, [sys.executable, script], counts) for script in scripts("tests/hunt")]
    yield "crash", True, lambda counts: check_command("crash", [
        sys.executable, "tests/fault/crash_serve.py", "--serve", "4", "--child", "3", "--both", "2", "--startup", "2"], counts)
    yield "interop", True, interop


def oracle(counts):
    """The engine against its slow twin on every event of the corpora: minutes, so without sanitizers."""
    build("bench", "test_sigma")
    os.environ["TANGGAP_ORACLE"] = "whole"
    program = ROOT / "build/bench/tests/sigma/test_sigma"
    check_gtest(program, counts, run_gtest(program, "*OracleOnLogs*"))


def unit(counts, pattern=None):
    """A program of each room; as many at once as there are processors, since each has a folder and ports of its own."""
    build("debug")
    programs = [program for program in sorted(DEBUG.rglob("*test*"))
                if (program.name.startswith("test_") or program.name.endswith("_test"))
                and program.is_file() and os.access(program, os.X_OK)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for program, ended in zip(programs, pool.map(lambda one: run_gtest(one, pattern), programs)):
            check_gtest(program, counts, ended)


def replay(counts):
    """Each reader of foreign bytes over its seeds and fixed variations of them (fuzz/replay.cpp)."""
    build("debug")
    for program in sorted((DEBUG / "fuzz").glob("replay_*")):
        target = program.name.removeprefix("replay_")
        try:
            good = run([program, f"fuzz/seeds/{target}"], stdout=subprocess.DEVNULL, timeout=REPLAY_SECONDS_MAX).returncode == 0
        except subprocess.TimeoutExpired:
            good = False
        counts.passed += good
        counts.failed += not good
        counts.failures += [] if good else [f"fuzz: {target} (see above; again: {program.relative_to(ROOT)} fuzz/seeds/{target})"]


def web(counts):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        run(["npm", "--prefix", "web", "run", "--silent", "test", "--", "--reporter=json", f"--outputFile={report}"])
        found = json.loads(report.read_text()) if report.exists() else {"numFailedTests": 1}
    counts.passed += found.get("numPassedTests", 0)
    counts.failed += found["numFailedTests"]
    counts.failures += ["web: vitest"] if found["numFailedTests"] else []
    for step in ("check", "budget"):
        passed = run(["npm", "--prefix", "web", "run", "--silent", step]).returncode == 0
        counts.passed += passed
        counts.failed += not passed
        counts.failures += [] if passed else [f"web: {step}"]


def interop(counts):
    """syslog-ng cannot be installed beside rsyslog: it is unpacked into the build folder."""
    fetched = run(["tests/interop/fetch_syslog_ng.sh", "build/syslog-ng"], stdout=subprocess.DEVNULL)
    if fetched.returncode == 0:
        os.environ["TANGGAP_SYSLOG_NG"] = str(ROOT / "build/syslog-ng")
    for script in scripts("tests/interop"):
        check_command(script.stem, [sys.executable, script], counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args()
    corpora = os.environ.get("TANGGAP_CORPORA")
    if corpora and not pathlib.Path(corpora).is_dir():
        sys.exit(f"TANGGAP_CORPORA is {corpora}, which is no folder; unset it to skip the corpus suites")
    known = [name for name, _, _ in suites()]
    for name in wanted.names:
        if name not in known:
            sys.exit(f"no suite '{name}'; there are: {', '.join(known)}")

    counts = Counts()
    release_built = False
    for name, needs_server, check in suites():
        if wanted.names:
            chosen = name in wanted.names
        else:
            chosen = name not in BY_NAME_ONLY and not (wanted.quick and (needs_server or name in NOT_QUICK))
        if not chosen:
            continue
        started = time.monotonic()
        print(f"== {name}", flush=True)
        if needs_server and not release_built:
            build("release")
            release_built = True
        check(counts)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)

    for line in counts.skipped:
        print(f"skipped  {line}")
    for line in counts.failures:
        print(f"FAILED   {line}")
    if not corpora:
        print("corpus suites were skipped: TANGGAP_CORPORA is not set")
    print(f"{counts.passed} passed, {counts.failed} failed, {len(counts.skipped)} skipped")
    return 1 if counts.failed or counts.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
