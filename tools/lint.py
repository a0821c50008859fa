#!/usr/bin/env python3
"""clang-format and clang-tidy over the sources; a file that passed is not read again until it changes.

    tools/lint.py             format of all of ours; clang-tidy for what differs from the main branch
    tools/lint.py --all       clang-tidy for every source of src/, tests aside
    tools/lint.py FILE…       both, for these

Tests are left out of clang-tidy: gtest's macros trip half of the checks, and reading its headers
once more a file is a third of the cost. Files of a room are read together, in units whose own names do
not meet, since their headers are most of the price. What passed is remembered in build/lint by a hash of the
file, of every header of ours that it reaches, of its compile command, and of .clang-tidy.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/debug"
PASSED = ROOT / "build/lint"
TIDY, FORMAT = "clang-tidy-19", "clang-format-19"
FORMATTED = ("src/*.cpp", "src/*.h", "fuzz/*.cpp", "bench/*.cpp", "bench/*.h", "tests/*.cpp", "tests/*.h")
INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.M)
# At the left margin: types, aliases, constants, functions and variables.
DEFINED = re.compile(r"^(?:struct|class|enum class|enum|using|namespace(?= \w+ =)) (\w+)|^(?=\w)(?:[\w:<>,&*\[\] ]+[ &*])(\w+)(?=[({;=\[]| = )", re.M)
# clang-tidy reads headers itself: configuring need not have built the precompiled ones.
PRECOMPILED = re.compile(r"-Winvalid-pch(?: -fpch-instantiate-templates)?(?: -Xclang \S+)+")
UNIT_FILES_MAX = 8
STAMP_DAYS = 7


def tracked(*patterns):
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return [name for name in listed if (ROOT / name).exists()]


def compile_commands():
    """What the compiler is called with, by file; configuring is enough, nothing need be built."""
    database = BUILD / "compile_commands.json"
    if not database.exists():
        subprocess.run(["cmake", "--preset", "debug"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    entries = json.loads(database.read_text())
    return {os.path.relpath(entry["file"], ROOT): entry["command"] for entry in entries}


def changed():
    """Files that differ from where this branch left main, committed or not; all of them where there is no main."""
    for main in ("origin/main", "main"):
        base = subprocess.run(["git", "merge-base", "HEAD", main], cwd=ROOT, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout.strip()
        if base:
            listed = subprocess.run(["git", "diff", "--name-only", base], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            return set(listed.stdout.split()) | set(tracked("src/*.cpp", "src/*.h")) - set(tracked_in_index())
    return None


def tracked_in_index():
    return subprocess.run(["git", "ls-files", "src"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def sources_of_changes(commands):
    """Changed sources, and those beside a changed header."""
    names = changed()
    if names is None:
        return sources(commands)
    return [name for name in sources(commands) if name in names or name.removesuffix(".cpp") + ".h" in names]


def sources(commands):
    return [name for name in commands if name.startswith("src/") and name.endswith(".cpp") and not name.endswith("_test.cpp")]


class Reach:
    """Text of a file and of every header of ours below it."""

    def __init__(self):
        self.texts = {}
        self.includes = {}

    def read(self, path):
        if path not in self.texts:
            text = path.read_text()
            self.texts[path] = text.encode()
            candidates = [(ROOT / folder / name) for name in INCLUDE.findall(text) for folder in ("src", "cmake")]
            self.includes[path] = [found for found in candidates if found.is_file()]
        return self.includes[path]

    def of(self, path):
        seen, open_paths = set(), [path]
        while open_paths:
            one = open_paths.pop()
            if one not in seen:
                seen.add(one)
                open_paths += self.read(one)
        return sorted(seen)

    def digest(self, path, *more):
        total = hashlib.sha256()
        for text in more:
            total.update(text.encode() + b"\0")
        for one in self.of(path):
            total.update(str(one.relative_to(ROOT)).encode() + b"\0" + self.texts[one])
        return total.hexdigest()


def check_format(names):
    found = subprocess.run([FORMAT, "--dry-run", "--Werror", *names], cwd=ROOT, check=False,
                           stderr=subprocess.PIPE, text=True)
    for line in found.stderr.splitlines():
        if "error:" in line:
            print(line)
    if found.returncode != 0:
        print("some files are not formatted: ./dev fmt")
    return found.returncode == 0


def own_names(text):
    """What a file defines for itself: two files that share such a name cannot be read as one."""
    return {next(filter(None, found)) for found in DEFINED.findall(text)} - {"if", "for", "while", "switch", "return"}


def units(names, commands):
    """Files of one room that can be read together: most of the price of a file is the headers it includes."""
    made = {}
    for name in names:
        text = (ROOT / name).read_text()
        own = own_names(text)
        room = made.setdefault((name.split("/")[1], flags_of(commands[name])), [])
        for unit in room:
            if len(unit["names"]) < UNIT_FILES_MAX and not own & unit["own"] and not heavy(text):
                break
        else:
            unit = {"names": [], "own": set(), "flags": flags_of(commands[name])}
            room.append(unit)
        unit["names"].append(name)
        unit["own"] |= own
    return [unit for room in made.values() for unit in room]


def heavy(text):
    """Beast alone takes as long as a whole unit."""
    return "boost/beast" in text or "boost/asio" in text


def flags_of(command):
    words = PRECOMPILED.sub("", command).split()
    kept = [word for i, word in enumerate(words[1:], 1)
            if word not in ("-o", "-c") and words[i - 1] not in ("-o", "-c")]
    return tuple(kept)


def tidy(names, flags):
    """Reads the files as one; what is found there may come of reading them together, so then one by one."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=PASSED) as folder:
        unit = pathlib.Path(folder) / "unit.cpp"
        unit.write_text("".join(f'#include "{ROOT / name}"\n' for name in names))
        done = subprocess.run([TIDY, "--quiet", unit, "--", *flags], cwd=BUILD, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0 and len(names) > 1:
        found = [tidy([name], flags) for name in names]
        return all(one[0] for one in found), "\n".join(one[1] for one in found), time.monotonic() - started
    # Counts of what was not shown go to stderr; so does a file that cannot be read at all.
    text = done.stdout.strip() or (done.stderr.strip() if done.returncode != 0 else "")
    return done.returncode == 0, text, time.monotonic() - started


def check_tidy(names, commands):
    PASSED.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    rules = (ROOT / ".clang-tidy").read_text()
    reach = Reach()
    stamps = {name: PASSED / reach.digest(ROOT / name, version, rules, commands[name]) for name in names}
    open_names = [name for name in names if not stamps[name].exists()]
    work = sorted(units(open_names, commands), key=lambda unit: -len(unit["names"]))  # the long ones first
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(tidy, unit["names"], unit["flags"]): unit for unit in work}
        for future in concurrent.futures.as_completed(running):
            good, text, seconds = future.result()
            read = running[future]["names"]
            if good:
                for name in read:
                    stamps[name].touch()
            else:
                failed += len(read)
                print(text, flush=True)
            if os.environ.get("TANGGAP_LINT_TIMES"):
                print(f"{seconds:6.1f} s  {' '.join(read)}", file=sys.stderr, flush=True)
    if names:
        forget_old(set(stamps.values()))
    print(f"clang-tidy: {len(open_names)} of {len(names)} files read, the others are as they were when they passed")
    return len(names) - failed, failed


def forget_old(current):
    for old in PASSED.iterdir():
        if old not in current and old.is_file() and time.time() - old.stat().st_mtime > STAMP_DAYS * 86400:
            old.unlink()


def main():
    commands = compile_commands()
    every = sys.argv[1:] == ["--all"]
    named = [] if every else sys.argv[1:]
    names = named or (sources(commands) if every else sources_of_changes(commands))
    unknown = [name for name in names if name not in commands]
    if unknown:
        sys.exit(f"lint: not in {BUILD.relative_to(ROOT)}/compile_commands.json: {', '.join(unknown)}")
    formatted = check_format(named or tracked(*FORMATTED))
    passed, failed = check_tidy(names, commands)
    print(f"{passed + formatted} passed, {failed + (not formatted)} failed, 0 skipped")
    return 1 if failed or not formatted else 0


if __name__ == "__main__":
    sys.exit(main())
