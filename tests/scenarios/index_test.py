#!/usr/bin/env python3
"""Every scenario has an envelope and a row of the index, and neither has anything more."""

import pathlib
import re
import unittest

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"


class Index(unittest.TestCase):
    def setUp(self):
        files = {path.name for path in SCENARIOS.glob("*.json")}
        self.envelopes = {name[:-len(".expect.json")] for name in files
                          if name.endswith(".expect.json")}
        self.scenarios = {name[:-len(".json")] for name in files
                          if not name.endswith(".expect.json")}

    def test_every_scenario_has_an_envelope(self):
        self.assertTrue(self.scenarios)
        self.assertEqual(self.scenarios, self.envelopes)

    def test_every_scenario_has_one_row(self):
        text = (SCENARIOS / "README.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| \[`([^`]+)`\]\(\1\.json\) \|", text, flags=re.MULTILINE)
        self.assertEqual(sorted(rows), sorted(self.scenarios))


if __name__ == "__main__":
    unittest.main()
