#!/usr/bin/env python3
"""Compares every #include under src/ with the rooms each room declares in src/CMakeLists.txt."""
import pathlib
import re
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOORS = [
    ["base"],  # floor 0
    ["model", "codec", "disk", "net"],  # floor 1
    ["query", "policy", "normalize", "detect", "triage", "casework", "respond", "exchange", "count", "print"],  # floor 2
    ["store", "connect"],  # floor 3
    ["pipeline", "service"],  # floor 4
    ["api", "portal", "cli"],  # floor 5
    ["app"],  # floor 6
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Written exceptions: all of floor 2 may use query; codec and disk speak in the nouns of model.
SAME_FLOOR = {("query",), ("model",)}
# Third-party headers that must not appear in a room's public headers.
THIRD_PARTY = re.compile(r"<(boost|simdjson|nlohmann|rocksdb|soci|sqlite3|yaml|hs|re2|pcre2|maxminddb|fmt|CLI|spdlog|ctemplate|sodium)[/.h]")


def declared():
    text = (ROOT / "src/CMakeLists.txt").read_text()
    rooms = {}
    for name, body in re.findall(r"^tanggap_module\((\w+)([^)]*)\)", text, re.M):
        deps = re.search(r"DEPS([\w\s]*?)(?:LIBS|$)", body)
        rooms[name] = set(deps.group(1).split()) if deps else set()
    return rooms


def problems():
    rooms = declared()
    for room, deps in rooms.items():
        if room not in FLOOR_OF:
            yield f"src/CMakeLists.txt: room {room} has no floor in {pathlib.Path(__file__).name}"
            continue
        for dep in deps:
            down = FLOOR_OF.get(dep, 99) < FLOOR_OF[room]
            beside = FLOOR_OF.get(dep) == FLOOR_OF[room] and (dep,) in SAME_FLOOR
            if not (down or beside):
                yield f"src/CMakeLists.txt: {room} (floor {FLOOR_OF[room]}) may not depend on {dep}"
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        place = path.relative_to(ROOT / "src")
        room = place.parts[0]
        if room not in rooms:
            yield f"src/{place}: folder {room} is not declared in src/CMakeLists.txt"
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if include:
                target = include.group(1)
                other = target.split("/")[0]
                if not (ROOT / "src" / target).exists():
                    if not target.startswith("generated/"):
                        yield f'src/{place}:{number}: "{target}" does not exist below src/'
                elif other != room and other not in rooms[room]:
                    yield f"src/{place}:{number}: {room} includes {other} but does not declare it"
                elif other != room and "/detail/" in target:
                    yield f"src/{place}:{number}: {target} is closed to other rooms"
            is_public = path.suffix == ".h" and len(place.parts) == 2
            if is_public and THIRD_PARTY.search(line) and "#include" in line:
                yield f"src/{place}:{number}: third-party type in a public header: {line.strip()}"
    for path in sorted((ROOT / "src").iterdir()):
        if path.is_dir() and not (path / "README.md").exists() and any(path.glob("*.cpp")):
            yield f"src/{path.name}: has no README.md (one screen: what, files, rules)"


started = time.monotonic()
found = list(problems())
print("\n".join(found) if found else f"every include goes down ({time.monotonic() - started:.2f} s)")
print(f"{0 if found else 1} passed, {1 if found else 0} failed, 0 skipped")
sys.exit(1 if found else 0)
