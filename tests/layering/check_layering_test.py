#!/usr/bin/env python3
"""check_layering.py reports each line of bad_tree that is marked `// wrong:`, and no other."""

import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import check_layering

BAD_TREE = HERE / "bad_tree"


def marks():
    """(file:line, words that the complaint must contain) of each marked line."""
    for path in sorted(BAD_TREE.rglob("*.*")):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            _, mark, words = line.partition("// wrong: ")
            if mark:
                yield f"{path.relative_to(BAD_TREE).as_posix()}:{number}", words


class BadTree(unittest.TestCase):
    def setUp(self):
        self.complaints, self.files = check_layering.check(BAD_TREE)

    def test_reports_every_marked_line_in_the_words_of_its_mark(self):
        expected = list(marks())
        self.assertGreater(len(expected), 10)
        for where, words in expected:
            if "->" in words:
                continue
            told = [c for c in self.complaints if c.startswith(f"{where}: ")]
            self.assertTrue(any(words in c for c in told), f"{where}: {words}: {told}")

    def test_reports_nothing_else(self):
        marked = {where for where, _ in marks()}
        reported = {re.match(r"[^:]+:\d+", c).group() for c in self.complaints}
        self.assertEqual(reported - marked, set())

    def test_names_the_rooms_that_include_each_other(self):
        cycles = [c for c in self.complaints if "include each other" in c]
        self.assertEqual(len(cycles), 1)
        self.assertRegex(cycles[0], r"^models/\w+/\w+\.h:\d+: .*models/units -> models/wire")

    def test_reads_every_file(self):
        self.assertEqual(self.files, len([p for p in BAD_TREE.rglob("*.*") if p.is_file()]))


class Table(unittest.TestCase):
    def test_has_no_cycle_itself(self):
        self.assertEqual(check_layering.cycle_in(check_layering.ROOMS), [])

    def test_names_only_rooms_that_it_has(self):
        named = {room for rooms in check_layering.ROOMS.values() for room in rooms}
        named |= {room for _, rooms in check_layering.LIBRARIES.values() for room in rooms}
        self.assertEqual(named - set(check_layering.ROOMS), set())


if __name__ == "__main__":
    unittest.main()
