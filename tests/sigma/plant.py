#!/usr/bin/env python3
"""Copies the engine and plants the faults of a table in the copy, each behind a switch.

plant.py src/detect mutants.txt OUT. A fault is an expression that is found exactly once in its file and
another one that takes its place while the switch stands on its number.
"""
import pathlib
import sys


def read_table(path):
    """[(file, from, to)] in the order of the table, which numbers them from 1."""
    faults, name = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name = line.strip()
            continue
        before, arrow, after = line.strip().partition("  =>  ")
        if not arrow or name is None:
            sys.exit(f"{path}:{number}: a fault is 'expression  =>  expression' below a file's name")
        faults.append((name, before, after, number))
    return faults


def main():
    source, table, out = map(pathlib.Path, sys.argv[1:4])
    faults = read_table(table)
    texts = {path.relative_to(source).as_posix(): path.read_text()
             for pattern in ("*.cpp", "*.h") for path in source.rglob(pattern)}
    places = {}
    for index, (name, before, after, number) in enumerate(faults, 1):
        count = texts.get(name, "").count(before)
        if count != 1:
            sys.exit(f"{table}:{number}: found {count} times in {name}: {before}")
        places.setdefault(name, []).append((texts[name].index(before), before, after, index, number))
    for name, planted in places.items():
        end = len(texts[name])
        for at, before, after, index, number in sorted(planted, reverse=True):
            if at + len(before) > end:
                sys.exit(f"{table}:{number}: lies across another fault: {before}")
            switch = f"(::tanggap::detect::planted({index}) ? ({after}) : ({before}))"
            texts[name] = texts[name][:at] + switch + texts[name][at + len(before):]
            end = at
    for name, text in texts.items():
        path = out / "detect" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in {fault[0] for fault in faults}:
            text = '#include "mutants.h"\n' + text
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        else:
            path.touch()
    rows = "".join(f'    R"~({name}: {before} => {after})~",\n' for name, before, after, _ in faults)
    (out / "mutants.h").write_text(
        "// Written by plant.py.\n#pragma once\n#include <string_view>\nnamespace tanggap::detect {\n"
        "inline int planted_fault = 0;\ninline bool planted(int fault) { return planted_fault == fault; }\n"
        f"inline constexpr std::string_view kPlanted[] = {{\n{rows}}};\n}} // namespace tanggap::detect\n")


main()
