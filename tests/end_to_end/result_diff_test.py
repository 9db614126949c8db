#!/usr/bin/env python3
"""Two results of the real engine, compared by the real program.

The sample quickstart is run, run again alike, and run with three times its traffic, always into
the folder that it takes itself. Production of 300 Mbps in and 1 Gbps out with a copy of each is
2.6 Gbps of the 3 that a web server may use; three times that does not fit.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

FINE, FINDINGS, BAD_INPUT = 0, 1, 2

arguments = None


class ResultDiffTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="vpcmirror-diff-")
        self.addCleanup(self.folder.cleanup)
        self.result = pathlib.Path(self.folder.name, "out", "quickstart", "result.json")

    def call(self, *words):
        return subprocess.run([arguments.program, *words], cwd=self.folder.name,
                              capture_output=True, text=True, check=False)

    def run_scenario(self, *sets):
        words = [word for each in ("/duration=20 ms", *sets) for word in ("--set", each)]
        ran = self.call("run", arguments.scenario, "--quiet", *words)
        self.assertEqual(ran.returncode, FINE, ran.stderr)

    def run_three_times_as_much(self):
        self.run_scenario('/workloads/www/in="900 Mbps"', '/workloads/www/out="3 Gbps"')

    def test_says_what_to_run_where_there_is_no_result_yet(self):
        nothing = self.call("diff")
        self.assertEqual(nothing.returncode, BAD_INPUT)
        self.assertIn("there is no result in out/ here", nothing.stderr)
        self.run_scenario()
        alone = self.call("diff")
        self.assertEqual(alone.returncode, BAD_INPUT)
        self.assertIn("run the scenario again after the change", alone.stderr)

    def test_a_folder_without_a_result_is_told(self):
        report = self.call("report", ".")
        self.assertEqual(report.returncode, BAD_INPUT)
        self.assertIn(". has no result.json: name the folder of a run", report.stderr)

    def test_nothing_differs_where_nothing_changed(self):
        self.run_scenario()
        self.run_scenario()
        same = self.call("diff", "--noise", "0%", "--fail-on", "difference")
        self.assertEqual(same.returncode, FINE, same.stdout + same.stderr)
        self.assertIn("out/quickstart/previous.json -> out/quickstart/result.json\n", same.stdout)
        self.assertIn("Same scenario, seed, engine, assumptions and version", same.stdout)
        self.assertIn("\n0 of ", same.stdout)

    def test_a_change_that_does_not_fit_is_a_regression_in_every_format(self):
        self.run_scenario()
        self.run_three_times_as_much()
        for words in ([], ["out/quickstart"], ["out/quickstart/previous.json",
                                               "out/quickstart/result.json"]):
            text = self.call("diff", *words, "--fail-on", "regression")
            self.assertEqual(text.returncode, FINDINGS, text.stderr)
            self.assertIn("-> DOES NOT FIT\n", text.stdout)
            self.assertRegex(text.stdout, r"\n! hosts web\[0-1\]: margin ")
            self.assertLessEqual(max(map(len, text.stdout.splitlines())), 80)
        self.assertEqual(self.call("diff").returncode, FINE)
        self.assertIn("**regression** worse", self.call("diff", "--format", "markdown").stdout)
        document = json.loads(self.call("diff", "--format", "json").stdout)
        self.assertEqual(document["schema"], "vpcmirror.result-diff/1")
        self.assertTrue(document["summary"]["verdict_is_worse"])
        for figure, is_worse in (("margin", True), ("mirror_loss", True)):
            change, = (each for each in document["changes"]
                       if each["part"] == "run" and each["figure"] == figure)
            self.assertEqual(change["regression"], is_worse)
        result = json.loads(self.result.read_text(encoding="utf-8"))
        self.assertEqual(document["after"]["because"], result["because"])
        backwards = self.call("diff", "out/quickstart/result.json",
                              "out/quickstart/previous.json", "--fail-on", "regression")
        self.assertEqual(backwards.returncode, FINE, backwards.stdout)

    def test_refuses_a_result_that_is_cut_short(self):
        self.run_scenario()
        cut = pathlib.Path(self.folder.name, "cut.json")
        cut.write_bytes(self.result.read_bytes()[:2000])
        ran = self.call("diff", str(self.result), "cut.json")
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertIn("cut.json: the result is cut short: it ends at line ", ran.stderr)

    def test_scenarios_are_compared_as_ever(self):
        ran = self.call("diff", arguments.scenario, arguments.scenario,
                        "--set", '/mirrors/0/Direction="INGRESS"')
        self.assertEqual(ran.returncode, FINDINGS, ran.stderr)
        self.assertIn("stops being mirrored", ran.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--scenario", required=True)
    arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
