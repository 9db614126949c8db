#!/usr/bin/env python3
"""The scenario runner finds what is wrong with a result, shown on results made up here."""

import copy
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run_scenario

RESULT = {
    "enis": [{"id": "web[0]/eni0", "in_bps": 10}, {"id": "web[1]/eni0", "in_bps": 20}],
    "hosts": [{"id": "web[0]", "used_bps": 5}, {"id": "web[1]", "used_bps": 7}],
    "mirrors": [{"id": "m", "offered_frames": 10, "offered_bytes": 1000,
                 "rejected_frames": 1, "rejected_bytes": 100,
                 "mirrored_frames": 5, "mirrored_bytes": 500,
                 "queued_at_end_frames": 2, "queued_at_end_bytes": 200,
                 "dropped": {"mtu": {"frames": 2, "bytes": 200},
                             "no_route": {"frames": 0, "bytes": 0}}}],
}


def at(path):
    return run_scenario.values_at(RESULT, path)


class ValuesAt(unittest.TestCase):
    def test_takes_members_by_index_by_id_and_all_together(self):
        self.assertEqual(at("enis[1].in_bps"), [20])
        self.assertEqual(at("enis[id=web[1]/eni0].in_bps"), [20])
        self.assertEqual(at("hosts[id=web[0]].used_bps"), [5])
        self.assertEqual(at("enis[*].in_bps"), [10, 20])
        self.assertEqual(at("mirrors[id=m].dropped.mtu.frames"), [2])

    def test_refuses_what_is_not_there(self):
        for path in ("enis[id=db/eni0].in_bps", "enis[5].in_bps", "nosuch", "enis[.in_bps"):
            with self.assertRaises((KeyError, IndexError)):
                at(path)


class Bounds(unittest.TestCase):
    def complaints(self, **bound):
        return list(run_scenario.complaints_about_bounds(RESULT, [{"why": "because", **bound}]))

    def test_include_their_ends(self):
        self.assertEqual(self.complaints(path="enis[0].in_bps", min=10, max=10), [])

    def test_are_missed_on_either_side(self):
        self.assertIn("because", self.complaints(path="enis[0].in_bps", min=11)[0])
        self.assertIn("because", self.complaints(path="enis[0].in_bps", max=9)[0])

    def test_are_missed_by_a_path_that_leads_nowhere(self):
        self.assertIn("not in the result", self.complaints(path="enis[0].out_bps", max=9)[0])


class Ledgers(unittest.TestCase):
    def test_add_up(self):
        self.assertEqual(list(run_scenario.complaints_about_ledgers(RESULT)), [])

    def test_of_nothing_prove_nothing(self):
        told = list(run_scenario.complaints_about_ledgers({"mirrors": []}))
        self.assertEqual(told, ["no mirror was offered a single frame"])

    def test_are_found_out_in_each_part_and_unit(self):
        for part in ("offered", "rejected", "mirrored", "queued_at_end"):
            for unit in ("frames", "bytes"):
                result = copy.deepcopy(RESULT)
                result["mirrors"][0][f"{part}_{unit}"] += 1
                told = list(run_scenario.complaints_about_ledgers(result))
                self.assertEqual(len(told), 1, (part, unit))
                self.assertIn(f"in {unit}", told[0])


if __name__ == "__main__":
    unittest.main()
