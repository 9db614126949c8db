#!/usr/bin/env python3
"""A path of an assertion means what result.json shows.

Every figure of a result is asserted to be itself, by the names and by the
numbers of its elements, and holds; asserted to be another, it is missed and the
run exits with 3.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MISSED = 3
ABSENT = object()
# By the end of a key: the unit to write, and how many of it one in the result is.
UNITS = {"bps": ("bps", 1), "pps": ("pps", 1), "bytes": ("B", 1), "ns": ("ps", 1000)}
# Which member names an element.
NAMES = {"zones": "zone", "disciplines": "congestion", "assumptions": "name"}

# Keys under which there is nothing to assert.
NO_FIGURES = {"asserts", "replications", "series"}

arguments = None


def figures(value, path=""):
    """Path and value of every figure, elements by name where they have one that is their own."""
    if isinstance(value, dict):
        for key, inside in value.items():
            if not path and key in NO_FIGURES:
                continue
            yield from figures(inside, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        key = NAMES.get(path.rpartition(".")[2], "id")
        names = [each.get(key) if isinstance(each, dict) else None for each in value]
        for number, inside in enumerate(value):
            yield from figures(inside, f"{path}[{number}]")
            if names[number] and names.count(names[number]) == 1:
                yield from figures(inside, f"{path}[{names[number]}]")
    else:
        yield path, value


def in_words(path, value):
    """The value as an assertion writes it."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return f'"{value}"'
    is_share = path.startswith("coverage.")  # of bytes, too
    unit, factor = ("", 1) if is_share else UNITS.get(
        path.rpartition(".")[2].rpartition("_")[2], ("", 1))
    sign = "-" if value < 0 else ""
    amount = round(abs(value) * factor) if unit else abs(value)
    return f"{sign}{amount} {unit}".strip()


def another(value):
    """A value of the same kind that is not this one; ABSENT where none can be written."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1 if value >= 0 else value - 1
    return ABSENT


class Assertions(unittest.TestCase):
    def run_scenario(self, *more):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [str(arguments.program), "run", str(arguments.scenario), "--out", folder, "--quiet",
                 "--baseline", "--set", '/duration="10 ms"', *more],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            file = pathlib.Path(folder) / "result.json"
            result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
        return done.returncode, result, done.stderr.decode()

    def setUp(self):
        status, self.result, told = self.run_scenario()
        self.assertEqual(status, 0, told)
        self.assertTrue(self.result["enis"] and self.result["receivers"] and self.result["mirrors"])
        self.assertIsNotNone(self.result["baseline"])

    def outcomes(self, texts, wanted):
        options = [word for text in texts for word in ("--assert", text)]
        status, result, told = self.run_scenario(*options)
        self.assertEqual(status, wanted, told)
        self.assertEqual([each["text"] for each in result["asserts"]], texts)
        return result["asserts"]

    def test_every_figure_is_itself(self):
        known = list(figures(self.result))
        self.assertGreater(len(known), 500)
        asserts = self.outcomes([f"{path} == {in_words(path, value)}" for path, value in known], 0)
        for (path, value), each in zip(known, asserts):
            self.assertEqual(each["value"], value, path)
            self.assertTrue(each["held"], path)

    def test_no_figure_is_another(self):
        known = [(path, another(value)) for path, value in figures(self.result)]
        texts = [f"{path} == {in_words(path, other)}" for path, other in known
                 if other is not ABSENT]
        self.assertGreater(len(texts), 300)
        asserts = self.outcomes(texts, MISSED)
        self.assertEqual([each["text"] for each in asserts if each["held"]], [])

    def test_each_takes_the_worst(self):
        busiest = max(self.result["enis"], key=lambda eni: eni["out_bps"])
        (most,) = self.outcomes([f"enis[*].out_bps < {busiest['out_bps']} bps"], MISSED)
        self.assertEqual(most["value"], busiest["out_bps"])
        self.assertEqual(most["of"], f"enis[{busiest['id']}]")

    def test_what_is_not_there_is_refused_before_the_run(self):
        status, result, told = self.run_scenario(
            "--assert", "enis[nobody].out_bps < 1 Gbps", "--assert", "enis[*].out_pbs < 1 Gbps",
            "--assert", "enis[*].out_bps < 1 kpps")
        self.assertEqual((status, result), (2, None))
        self.assertEqual(told.count("--assert enis["), 3)
        self.assertIn('"out_bps" (nearest)', told)


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--scenario", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
