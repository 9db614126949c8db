#!/usr/bin/env python3
"""A fleet for the flow logs of a day: the real program plans for the window that it names.

A web server sends 1, 2, ... 100 Mbps in one hundred minutes, in an order of chance, in frames of
1000 bytes, and a copy of each frame, with 50 bytes of VXLAN, IPv4, UDP and Ethernet before it,
shares its limit. The window of rank ceil(0.99 * 100) = 99 is the minute of 99 Mbps, and of 1.05
times as much of copies: 202.95 Mbps.
"""

import argparse
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

FINE, BAD_INPUT = 0, 2
TEN = 1_760_004_000  # 2025-10-09 10:00:00 UTC
LIMIT = 204  # Mbps: enough for 99 and its copies, 202.95, and not for 100, 205
FRAME, OUTER, ETHERNET = 1000, 50, 14  # bytes

SCENARIO = {
    "name": "logged", "provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": f"{LIMIT} Mbps"}, "queue": "1000 frames"},
              "ids": {"receiver": "generic"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]}}]}

arguments = None


def minute(number, mbps, interface="web/eni0"):
    start = TEN + 60 * number
    packets = mbps * 10**6 * 60 // (8 * FRAME)
    return (f"2 1 {interface} 10.0.0.2 192.0.2.1 443 50000 6 {packets} "
            f"{packets * (FRAME - ETHERNET)} {start} {start + 60} ACCEPT OK\n")


def used(mbps):
    return mbps * (1 + (FRAME + OUTER) / FRAME) / LIMIT


class PlanFlowLogTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="vpcmirror-plan-log-")
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        (self.path / "logged.json").write_text(json.dumps(SCENARIO), encoding="utf-8")
        self.mbps = random.Random(1).sample(range(1, 101), 100)
        lines = [minute(number, mbps) for number, mbps in enumerate(self.mbps)]
        (self.path / "morning.log").write_text("".join(lines[:50]), encoding="utf-8")
        with gzip.open(self.path / "noon.log.gz", "wt") as packed:
            packed.write("".join(lines[50:]))

    def plan(self, *words):
        return subprocess.run([arguments.program, "plan", "logged.json", "--out", "out", *words],
                              cwd=self.path, capture_output=True, text=True, check=False)

    def of_logs(self, *words):
        return self.plan("--flowlog", "morning.log", "noon.log.gz", *words)

    def test_p99_of_a_hundred_minutes_is_that_of_99_mbps(self):
        ran = self.of_logs("--size-at", "p99", "--per", "1min", "--format", "json")
        self.assertEqual(ran.returncode, FINE, ran.stderr)
        plan = json.loads(ran.stdout)
        self.assertEqual(json.loads((self.path / "out/plan.json").read_text()), plan)
        window = plan["log"]["sized_at"]
        start = TEN + 60 * self.mbps.index(99)
        self.assertEqual((window["rank"], window["start"], window["end"]), (99, start, start + 60))
        self.assertAlmostEqual(window["out_bps"], 99e6, delta=1)
        self.assertAlmostEqual(window["copies_bps"], 99e6 * 1.05, delta=1)
        self.assertEqual(plan["verdict"], "AT RISK")
        self.assertAlmostEqual(plan["margin"], 1 - used(99), places=6)
        self.assertAlmostEqual(plan["sizing"]["copies_bps"], 99e6 * 1.05, delta=10)
        compared = {each["at"]: each["then"] for each in plan["log"]["compared"]}
        for at, mbps, verdict in (("p50", 50, "FITS"), ("p95", 95, "AT RISK"),
                                  ("p99", 99, "AT RISK"), ("max", 100, "DOES NOT FIT")):
            self.assertEqual(compared[at]["verdict"], verdict, at)
            self.assertAlmostEqual(compared[at]["margin"], 1 - used(mbps), places=6)

    def test_the_text_names_the_window(self):
        ran = self.of_logs("--size-at", "max")
        self.assertEqual(ran.returncode, FINE, ran.stderr)
        self.assertLessEqual(max(map(len, ran.stdout.splitlines())), 80)
        words = " ".join(ran.stdout.split())
        start = TEN + 60 * self.mbps.index(100)
        written = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(start))
        self.assertIn(f"(max) is that of rank 100 among 100 by the rate of copies: 60 s, from "
                      f"{written} to ", words)
        self.assertIn("Bursts: assumed to be none.", words)
        self.assertIn("of a load that lasts", words)

    def test_the_window_loses_what_is_over_the_limit_in_the_long_run(self):
        # 205 Mbps of 204 for a minute are more than the queue's 1,000 frames: 1 / 205 is lost,
        # though the one second of a run would fit into the queue.
        plan = json.loads(self.of_logs("--size-at", "max", "--format", "json").stdout)
        self.assertTrue(plan["load_lasts"])
        self.assertEqual(plan["duration_ns"], 10**9)
        lost = sum(plan[each]["lost_frames"] for each in ("production", "copies"))
        sent = sum(plan[each]["of_frames"] for each in ("production", "copies"))
        self.assertAlmostEqual(lost / sent, 1 / 205, delta=2e-4)

    def test_interfaces_are_mapped_or_named(self):
        (self.path / "eni.log").write_text(minute(0, 50, "eni-a1") +
                                           minute(0, 7, "eni-b2").replace("10.0.0.2", "10.7.0.2"))
        ran = self.plan("--flowlog", "eni.log", "--map", "eni-a1=web")
        self.assertEqual(ran.returncode, FINE, ran.stderr)
        words = " ".join(ran.stdout.split())
        self.assertIn("eni-a1 is web/eni0, by --map", words)
        self.assertIn("50 Mbps out", words)

    def test_what_it_cannot_do_it_refuses_with_what_to_do(self):
        for words, said in ((("--size-at", "p99"), "--flowlog LOG"),
                            (("--per", "1min"), "--flowlog LOG"),
                            (("--flowlog", "morning.log", "--engine", "packet"), "--engine fluid"),
                            (("--flowlog", "morning.log", "--size-at", "99"), "percentile"),
                            (("--flowlog", "absent.log"), "absent.log")):
            ran = self.plan(*words)
            self.assertEqual(ran.returncode, BAD_INPUT, words)
            self.assertIn(said, ran.stderr)


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
