"""A story told in real Chromium: once in each language, each time to a server of its own.

Whatever goes in goes in as it does for everybody: by the public form, by a listener or the ingest
API, by `tanggap import`, and by the browser. SCREENSHOTS=folder keeps pictures of the pages.
"""
import json
import os
import re
import subprocess
import sys

from tanggap_server import BINARY, PASSWORD, ROOT, Server, free_port

NODE = ROOT / "tools/node/node"
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed", re.M)
LANGUAGES = os.environ.get("STORY_LANGUAGES", "id en").split()
# A story takes about a minute; this ends one that hangs.
STORY_SECONDS_MAX = 600


def tell(name):
    """Gives the exit code, after the line that the runner counts."""
    passed = failed = ended = 0
    for language in LANGUAGES:
        syslog = f"127.0.0.1:{free_port()}"
        with Server("--site-name", "Kota Contoh CSIRT", "--syslog-tcp", syslog) as server:
            server.start()
            server.setup()
            account = server.data.parent / "account.json"
            account.write_text(json.dumps({"name": "rina", "password": PASSWORD, "api_key": server.key,
                                           "totp_secret": server.totp_file.read_text().strip()}))
            env = dict(os.environ, STORY_LANGUAGE=language, TANGGAP_URL=server.url, TANGGAP_ACCOUNT=str(account),
                       TANGGAP_SYSLOG=syslog, TANGGAP_BINARY=str(BINARY), TANGGAP_KEY_FILE=str(server.key_file))
            result = subprocess.run([NODE, ROOT / "web/tests/e2e/run.mjs", name], env=env, text=True, check=False,
                                    stdout=subprocess.PIPE, timeout=STORY_SECONDS_MAX)
        sys.stdout.write(result.stdout)
        closing = CLOSING.findall(result.stdout)
        if not closing:
            raise RuntimeError(f"{name} in {language} ended with {result.returncode} and no closing line")
        passed += int(closing[-1][0])
        failed += int(closing[-1][1])
        ended = ended or result.returncode  # a browser may fall after its last test
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or ended or not passed else 0
