#!/usr/bin/env python3
"""Writes an assembler file that embeds the built console, and the table that finds it.

    embed_assets.py DIST OUTPUT.S OUTPUT.cpp DEPFILE

DIST is web/dist (index.html, icon.svg, assets/*, each perhaps with .br and .gz beside it); an
empty or missing DIST gives an empty table. The table is sorted by path. GCC 12 and clang 19 have
no #embed for C++23, and hex arrays compile slowly, so the bytes come in by .incbin.
"""
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".map": "application/json",
}
PACKED = (".br", ".gz")


def fail(message):
    print(f"embed_assets.py: {message}", file=sys.stderr)
    sys.exit(1)


def collect(dist):
    if not dist or not (dist / "index.html").is_file():
        return []
    found = [path for path in dist.rglob("*") if path.is_file() and path.suffix not in PACKED]
    for path in found:
        if path.suffix not in TYPES:
            fail(f"{path} has the unknown ending {path.suffix!r}; add its media type to TYPES")
    return sorted(found, key=lambda path: path.relative_to(dist).as_posix().encode())


def quoted(text):
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def variants(path):
    """The file itself, then its packed forms; None where there is none."""
    packed = [path.with_name(path.name + ending) for ending in PACKED]
    return [path] + [each if each.is_file() else None for each in packed]


def assembler(assets):
    lines = ["/* Made by tools/embed_assets.py. */", '.section .rodata, "a"']
    for number, path in enumerate(assets):
        for kind, file in zip(("plain", "br", "gz"), variants(path)):
            if file is None:
                continue
            name = f"tanggap_console_{number}_{kind}"
            lines += [f".globl {name}", f".globl {name}_end", f"{name}:", f".incbin {quoted(file)}", f"{name}_end:"]
    lines.append('.section .note.GNU-stack, "", %progbits')
    return "\n".join(lines) + "\n"


def table(dist, assets):
    externs, rows = [], []
    for number, path in enumerate(assets):
        cells = []
        for kind, file in zip(("plain", "br", "gz"), variants(path)):
            if file is None:
                cells.append("{}")
                continue
            name = f"tanggap_console_{number}_{kind}"
            externs.append(f"extern const char {name}[];\nextern const char {name}_end[];")
            cells.append(f"view({name}, {name}_end)")
        place = path.relative_to(dist).as_posix()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
        immutable = "true" if place.startswith("assets/") else "false"
        rows.append(f'    Asset{{{quoted(place)}, {quoted(TYPES[path.suffix])}, {", ".join(cells)}, '
                    f'"\\"{digest}\\"", {immutable}}},')
    extern_text = 'extern "C" {\n' + "\n".join(externs) + "\n}\n" if externs else ""
    viewer = """
std::string_view view(const char* begin, const char* end)
{
    return {begin, static_cast<std::size_t>(end - begin)};
}
""" if rows else ""
    body = (f"const std::array<Asset, {len(rows)}>& all()\n{{\n    static const std::array<Asset, {len(rows)}> kAssets = {{{{\n"
            + "\n".join("    " + row for row in rows) + "\n    }};\n    return kAssets;\n}\n")
    return f"""// Made by tools/embed_assets.py.
#include "console_assets.h"

#include <array>

{extern_text}
namespace tanggap::console {{
namespace {{
{viewer}
{body}
}} // namespace

std::span<const Asset> assets()
{{
    return all();
}}

}} // namespace tanggap::console
"""


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    if len(sys.argv) != 5:
        fail("usage: embed_assets.py DIST OUTPUT.S OUTPUT.cpp DEPFILE")
    dist = pathlib.Path(sys.argv[1]).resolve() if sys.argv[1] else None
    out_s, out_cpp, depfile = (pathlib.Path(argument) for argument in sys.argv[2:])
    assets = collect(dist)
    out_s.write_text(assembler(assets))
    out_cpp.write_text(table(dist, assets))
    inputs = [str(file) for path in assets for file in variants(path) if file is not None]
    depfile.write_text(f"{out_s} {out_cpp}: " + " ".join(each.replace(" ", "\\ ") for each in inputs) + "\n")


main()
