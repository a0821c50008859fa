#!/usr/bin/env python3
"""The story in real Chromium against the real server: import, top alert, why, its events, search."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tanggap_server import PASSWORD, ROOT, Server, closing_line  # noqa: E402


class Story(unittest.TestCase):
    def test_import_to_search_by_keyboard(self):
        with Server() as server:
            server.start().setup()
            city = server.data.parent / "city"
            made = server.run("demo", "generate", "--out", city, "--lines", "6000", "--seed", "7")
            self.assertEqual(made.returncode, 0, made.stderr)
            result = server.run_import("--timezone", "Asia/Jakarta", *sorted(city.glob("*.log")))
            self.assertEqual(result.returncode, 0, result.stderr)
            server.wait_drained()
            env = dict(os.environ, TANGGAP_URL=server.url, TANGGAP_USER="rina", TANGGAP_PASSWORD=PASSWORD,
                       TANGGAP_TOTP_SECRET=server.totp_file.read_text().strip())
            story = subprocess.run([ROOT / "tools/node/node", ROOT / "web/tests/e2e/run.mjs", "story"],
                                   env=env, capture_output=True, text=True, check=False, timeout=300)
            print(story.stdout)
            self.assertEqual(story.returncode, 0, story.stdout + story.stderr)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    sys.exit(closing_line(unittest.TextTestRunner(verbosity=2, stream=sys.stderr).run(suite)))
