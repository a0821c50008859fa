#!/usr/bin/env python3
"""Makes the files that a new thing needs, with a failing test in them, and its row in each table.

    ./dev new KIND NAME          NAME in snake_case; a rule is AREA/NAME
    ./dev new room NAME FLOOR    FLOOR is 1..5

Kinds: source, rule, mapping, codec, route, page, setting, room. The files come from
tools/templates/KIND, in the places where they will live.
"""
import datetime
import pathlib
import re
import sys
import uuid

TEMPLATES = pathlib.Path(__file__).resolve().parent / "templates"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
FLOORS = range(1, 6)

# Kind: rows of (file, the line they stand before (a pattern; the last match counts), text).
ROWS = {
    "codec": [
        ("fuzz/CMakeLists.txt", r"\Z", "tanggap_fuzz(__name__ codec)\n"),
        ("src/codec/README.md", r"\Z", "| `__name__.h` | __title__: say what |\n"),
    ],
    "route": [
        ("src/api/detail/route.h", r"^\n/// Application/problem\+json", "std::vector<Route> __name___routes();\n"),
        ("src/api/dispatch.cpp", r"(?<=ingest_routes)(?=\})|(?<=_routes)(?=\}\) \{)", ", __name___routes"),
    ],
    "page": [
        ("web/src/app/routes.ts", r"^\];\n\nexport function findRoute",
         "  { pattern: '/__name-with-dashes__', load: () => import('../pages/__name-with-dashes__/__Name__.svelte') },\n"),
        *((f"web/src/lib/i18n/{language}.ts", r"^\};$",
           "  __nameCamel__: {\n    title: '__Title__',\n    lead: '…',\n    emptyTitle: '…',\n    emptyText: '…',\n  },\n")
          for language in ("id", "en")),
        ("web/tests/e2e/pages.mjs", r"^  await sweep\(world, 'rules', '/app/rules'",
         "  await sweep(world, '__name-with-dashes__', '/app/__name-with-dashes__');\n"),
    ],
    "setting": [
        ("src/app/settings.h", r"^    bool demo = ", "    std::string __name__;\n"),
        ("src/app/settings.cpp", r'^    add_flag\(verb, "demo"',
         '    add(verb, "__name-with-dashes__", s.__name__, "Say what it does, with its unit");\n'),
    ],
    "room": [
        ("src/CMakeLists.txt", r"^# floor __next_floor__$", "tanggap_module(__name__ DEPS base LIBS fmt::fmt)\n"),
        ("ARCHITECTURE.md", r"(?m)(?<=`)(?= \|[^|]*\|\n\| __lower_floor__ \|)", " `__name__`"),
        ("tests/tidy/floors_test.py", r"(?m)(?<=\")(?=\],  # floor __floor__$)", ', "__name__"'),
    ],
}
NEXT = {
    "source": "mend the source by a real log, then ./dev golden --update and read it",
    "rule": "write the rule and its samples, then ./dev test unit",
    "mapping": "write the mapping, a rule that uses it and its samples, then ./dev test unit",
    "codec": "write the test first, then ./dev test unit and ./dev fuzz NAME",
    "route": "./dev fmt, write the test, ./dev gen, then ./dev test unit",
    "page": "write the page and its test, then ./dev test web e2e",
    "setting": "write the test and use the setting, then ./dev test unit",
    "room": "write its README first, then ./dev test tidy unit",
}


def fail(message):
    sys.exit(f"new: {message}")


def words_for(path, floor):
    """What stands for what in templates and rows."""
    name = path.rsplit("/", 1)[-1]
    parts = name.split("_")
    pascal = "".join(part.capitalize() for part in parts)
    return {
        "__name__": name, "__path__": path, "__Name__": pascal, "__nameCamel__": pascal[0].lower() + pascal[1:],
        "__name-with-dashes__": "-".join(parts), "__dataset__": ".".join(parts), "__title__": " ".join(parts),
        "__Title__": " ".join(parts).capitalize(), "__uuid__": str(uuid.uuid4()),
        "__today__": datetime.date.today().isoformat(),
        "__floor__": str(floor), "__next_floor__": str(floor + 1), "__lower_floor__": str(floor - 1),
    }


def fill(text, words):
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def new_files(root, kind, words):
    for template in sorted((TEMPLATES / kind).rglob("*")):
        if template.is_file():
            yield root / fill(str(template.relative_to(TEMPLATES / kind)), words), fill(template.read_text(), words)


def rows(root, kind, words):
    for file, before, text in ROWS.get(kind, []):
        page = (root / file).read_text()
        places = list(re.finditer(fill(before, words), page, re.M))
        if not places:
            fail(f"{file} has no place for the row: expected {fill(before, words)!r}; was its table moved?")
        at = places[-1].start()
        yield root / file, page[:at] + fill(text, words) + page[at:]


def make(root, kind, path, floor=0):
    words = words_for(path, floor)
    files = list(new_files(root, kind, words))
    for file, _ in files:
        if file.exists():
            fail(f"{file.relative_to(root)} exists already; nothing was written")
    changed = list(rows(root, kind, words))
    for file, text in files + changed:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return [file for file, _ in files], [file for file, _ in changed]


def main(arguments, root):
    kinds = sorted(NEXT)
    if len(arguments) < 2 or arguments[0] not in kinds:
        fail(f"usage: ./dev new KIND NAME; kinds: {', '.join(kinds)}")
    kind, path, *rest = arguments
    parts = path.split("/")
    if len(parts) != (2 if kind == "rule" else 1) or not all(NAME.fullmatch(part) for part in parts):
        fail(f"{path!r} is no name; expected " + ("AREA/NAME, such as web/wp_login_storm" if kind == "rule" else "snake_case"))
    if kind == "room" and (len(rest) != 1 or not rest[0].isdigit() or int(rest[0]) not in FLOORS):
        fail("a room needs its floor, 1 to 5 (ARCHITECTURE.md): ./dev new room NAME FLOOR")
    if kind != "room" and rest:
        fail(f"one name only, found also {' '.join(rest)}")
    made, changed = make(root, kind, path, int(rest[0]) if rest else 0)
    for file in made:
        print(f"made     {file.relative_to(root)}")
    for file in changed:
        print(f"row in   {file.relative_to(root)}")
    print(f"next: {NEXT[kind]}")


if __name__ == "__main__":
    main(sys.argv[1:], pathlib.Path(__file__).resolve().parents[1])
