#!/usr/bin/env python3
"""The page of `tanggap hunt --html` in real Chromium: every field a log can hold is hostile.

Last line: N passed, N failed. SCREENSHOTS=folder keeps pictures in both languages.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TANGGAP = ROOT / "build/release/src/tanggap"
NODE = ROOT / "tools/node/node"
MARK = "globalThis.pwned=1"

# Ways in: elements, attributes, ends of what stands around, and the characters that decide it.
ELEMENTS = [
    "<script>{}</script>", "</script><script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>", "<svg/onload={}>",
    "<iframe srcdoc='<script>parent.{}</script>'>", "<body onload={}>", "<details open ontoggle={}>", "<video><source onerror={}>",
    "<math><mtext></mtext><script>{}</script></math>", "<a href='javascript:{}'>x</a>", "<form action='javascript:{}'><input type=submit>",
    "<object data='javascript:{}'>", "<embed src='javascript:{}'>", "<base href='javascript:{}//'>", "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<link rel=stylesheet href='data:text/css,*{{}}' onload={}>", "<style>@import 'javascript:{}';</style>", "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>", "<title></title><script>{}</script>", "<textarea></textarea><script>{}</script>",
    "<input autofocus onfocus={}>", "<marquee onstart={}>", "<select autofocus onfocus={}>", "<div style='background:url(javascript:{})'>",
    "<p onpointerover={}>x</p>", "<audio src=x onerror={}>", "<isindex type=image src=1 onerror={}>", "<xmp></xmp><script>{}</script>",
]
ENDS = ["", "\"", "'", "</td>", "</style>", "-->", "]]>", "\\"]
OTHERS = ["\u2028{}\u2029", "${{{}}}", "{{{{{}}}}}", "\u202e<script>{}</script>", "\x00<script>{}</script>", "&lt;script&gt;{}&lt;/script&gt;",
          "\\u003cscript\\u003e{}\\u003c/script\\u003e", "<!--<script>{}", "<!--", "<script", "</script", "__proto__", "constructor", "toString"]


def payloads():
    out = [end + element.format(MARK) for element in ELEMENTS for end in ENDS]
    return out + [other.format(MARK) for other in OTHERS]


def write_world(folder):
    """Events whose every text is a payload, and rules whose texts are some as well."""
    texts = payloads()
    with open(folder / "log.jsonl", "w", encoding="utf-8") as log:
        for i, text in enumerate(texts):
            event = {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "SourceName": "Microsoft-Windows-Sysmon",
                     "@timestamp": f"2026-10-03T0{i % 10}:{i % 60:02}:00Z", "Hostname": text, "User": text, "Image": text, "CommandLine": text}
            log.write(json.dumps(event) + "\n")
    title = json.dumps("</script><img src=x onerror=%s>" % MARK)
    (folder / "rule.yml").write_text(f"""title: {title}
id: 10000000-0000-4000-a000-000000000001
author: {title}
level: high
tags: [attack.execution, attack.t1059]
logsource: {{product: windows, category: process_creation}}
detection:
  any:
    CommandLine|contains: ['']
  all:
    EventID: 1
  condition: all
""")
    return texts


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        texts = write_world(folder)
        page = folder / "page.html"
        result = subprocess.run([TANGGAP, "hunt", "--rules", folder / "rule.yml", "--jsonl", "--html", page, folder / "log.jsonl"],
                                text=True, capture_output=True, check=False)
        found = re.search(r"(\d+) detections", result.stderr)
        if result.returncode != 0 or not found or int(found[1]) != len(texts):
            print(result.stderr[-2000:])
            print("0 passed, 1 failed")
            return 1
        (folder / "texts.json").write_text(json.dumps(texts))
        shown = subprocess.run([NODE, ROOT / "web/tests/hunt_page.mjs", page, folder / "texts.json"], text=True, check=False,
                               stdout=subprocess.PIPE, env=dict(os.environ))
        sys.stdout.write(shown.stdout)
        return shown.returncode


if __name__ == "__main__":
    sys.exit(main())
