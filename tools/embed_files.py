#!/usr/bin/env python3
"""Writes an assembler file and a C++ table that put files into the binary, read-only.

usage: embed_files.py FOLDER SYMBOL OUT_DIR FILE…   (files relative to FOLDER)
The table is `const tanggap::app::EmbeddedFile <SYMBOL>_files[]` and `<SYMBOL>_count`.
"""
import pathlib
import sys

folder, symbol, out = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], pathlib.Path(sys.argv[3])
files = sorted(sys.argv[4:])
out.mkdir(parents=True, exist_ok=True)
assembler = [".section .rodata"]
table = ['#include "app/embedded.h"', "", 'extern "C" {']
for i, _ in enumerate(files):
    table.append(f"extern const char {symbol}_{i}_begin[];\nextern const char {symbol}_{i}_end[];")
table.append("}\nnamespace tanggap::app {")
table.append(f"extern const EmbeddedFile {symbol}_files[];\nextern const std::size_t {symbol}_count;")
table.append(f"const EmbeddedFile {symbol}_files[] = {{")
for i, name in enumerate(files):
    assembler.append(f".balign 16\n.global {symbol}_{i}_begin\n{symbol}_{i}_begin:\n"
                     f'.incbin "{folder / name}"\n.global {symbol}_{i}_end\n{symbol}_{i}_end:\n.byte 0')
    table.append(f'    {{"{name}", {symbol}_{i}_begin, {symbol}_{i}_end}},')
if not files:
    table.append("    {nullptr, nullptr, nullptr},")
table.append(f"}};\nconst std::size_t {symbol}_count = {len(files)};\n}} // namespace tanggap::app")
assembler.append('.section .note.GNU-stack,"",@progbits')
(out / f"{symbol}.S").write_text("\n".join(assembler) + "\n")
(out / f"{symbol}_table.cpp").write_text("\n".join(table) + "\n")
