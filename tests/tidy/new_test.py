#!/usr/bin/env python3
"""`./dev new` makes what each kind needs, finds its tables, and writes nothing over what is there."""
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import new  # noqa: E402

NAMES = {"rule": "web/lorem_ipsum", "room": "lorem_ipsum"}


class New(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        for file in {row[0] for rows in new.ROWS.values() for row in rows}:
            (self.root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.root / file)

    def tearDown(self):
        self.folder.cleanup()

    def test_each_kind_makes_its_files_and_rows(self):
        for kind in new.NEXT:
            with self.subTest(kind=kind):
                made, changed = new.make(self.root, kind, NAMES.get(kind, "lorem_ipsum"), 2)
                self.assertTrue(made)
                for file in made:
                    self.assertNotIn("__", file.read_text().replace("__pycache__", ""), file)
                for file in changed:
                    self.assertRegex(file.read_text(), r"lorem[_-]ipsum|loremIpsum")

    def test_a_room_stands_on_its_floor(self):
        new.make(self.root, "room", "lorem_ipsum", 2)
        self.assertIn('"print", "lorem_ipsum"],  # floor 2', (self.root / "tests/tidy/floors_test.py").read_text())
        self.assertIn("`casework` `lorem_ipsum` |", (self.root / "ARCHITECTURE.md").read_text())
        floor = (self.root / "src/CMakeLists.txt").read_text().split("# floor 2", 1)[1].split("# floor 3", 1)[0]
        self.assertIn("tanggap_module(lorem_ipsum ", floor)

    def test_what_exists_is_not_written_over(self):
        new.make(self.root, "codec", "lorem_ipsum")
        table = (self.root / "fuzz/CMakeLists.txt").read_text()
        with self.assertRaisesRegex(SystemExit, "exists already"):
            new.make(self.root, "codec", "lorem_ipsum")
        self.assertEqual((self.root / "fuzz/CMakeLists.txt").read_text(), table)

    def test_names_are_checked(self):
        for words in (["codec", "Lorem"], ["codec", "../x"], ["rule", "x"], ["room", "x"], ["room", "x", "6"], ["source", "x", "y"], ["y", "x"]):
            with self.subTest(words=words), self.assertRaises(SystemExit):
                new.main(words, self.root)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(stream=sys.stderr).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)
