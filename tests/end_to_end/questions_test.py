#!/usr/bin/env python3
"""Each question of docs/questions.md is answered by its command.

The command of each row is run, and the line that the row promises is looked for in what is
printed, wrapped lines put together. The figures in that line are worked out here, from the
scenario's numbers and the documents, and never taken from the program.
"""

import argparse
import math
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

QUESTIONS = 20
ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIP_COUNTERS = ("NetworkSkipMirrorIn, NetworkPacketsSkipMirrorIn, NetworkSkipMirrorOut, "
                 "NetworkPacketsSkipMirrorOut")  # AWS, traffic-mirror-cloudwatch.html

arguments = None


def percent(share, digits=3):
    return f"{float(f'{share * 100:.{digits}g}'):g} %"


def significant(value, digits=4):
    return f"{float(f'{value:.{digits}g}'):g}"


def one_in_three_out():
    """1 Gbps in, 1 out, and a copy of each, of S5.4XLARGE32's 6 Gbps in and out together."""
    used = 1 + 1 + (1 + 1)
    return used, 6


def first_loss_on_aws():
    """0.4 Gbps out, and copies of 0.4 + 0.4 + 0.1 Gbps in frames of 1000 + 50 bytes, of 10 Gbps
    each way. What is lost first is told at 5 % over that load: copies, since AWS documents that
    production goes first. Of a load that lasts, all that is over the limit: queues are full."""
    load = 1.05 * 10 / (0.4 + 0.9 * 1050 / 1000)
    frames = 0.05 * 10e9 / (1050 * 8)
    return load, frames


def receivers_of_eight_vcpus():
    """2 servers' copies are 1.3 Gbps of 1000-byte frames each, 50 bytes longer: 2.73 Gbps and
    325 kpps. A vCPU of Suricata takes 0.357 Gbps and 35,714 pps; four fifths are to be used."""
    gbps = 2 * 1.3 * 1050 / 1000 / (8 * 0.357 * 0.8)
    frames = 2 * 1.3e9 / 8000 / (8 * 35_714 * 0.8)
    eni = 2 * 1.3 * 1050 / 1000 / (3 * 0.8)  # S5.2XLARGE16: 3 Gbps
    return math.ceil(max(gbps, frames, eni))


def expected():
    """By question, the line of its row."""
    used, limit = one_in_three_out()
    load, skipped = first_loss_on_aws()
    asked = math.floor(20 * 3000 / 9)  # 20 S5.2XLARGE32 of 3 Gbps; Tencent 215/44475
    needed = receivers_of_eight_vcpus()
    crossover = 6e9 / 8 / 1.5e6  # of S5.4XLARGE32: 6 Gbps, 1.5 Mpps
    session = 2 * 730 * 0.015  # USD; AWS's price a session and hour, 730 hours a month
    twice = 1 - 2 * used / limit
    return {
        1: f"web needs {used} Gbps of a combined {limit} Gbps, the tightest "
           f"({percent(used / limit)} used)",
        2: f"At x{significant(load, 3)} (+{percent(load - 1)}) of this load, no production and",
        3: f"copies at their source, egress_bandwidth: {significant(skipped * 8000 / 1e6)} Mbps, "
           f"{significant(skipped / 1e3)} kpps shown by {SKIP_COUNTERS}",
        4: f"Its receivers have 6000 Mbps together, and {asked} Mbps, 1/9 of its sources' "
           f"{20 * 3000} Mbps, are asked for.",
        5: f"S5.2XLARGE16 8 {needed} {needed + 1} frames that the software takes",
        6: "sources_per_eni_target 10: Sources of one ENI as target",  # AWS, quotas page
        7: "mirror source no, by the lists of 2023 and 2024",  # AWS lists C6i as none
        # The outer headers of VXLAN add 20 + 8 + 8 bytes and an inner Ethernet header of 14.
        8: f"fix: packets of at most {1500 - 20 - 8 - 8 - 14} bytes, by an MTU or MSS inside the "
           "guests",
        9: "100 % of the copies of tms-0ids are cut, so that the checksums in them do not fit "
           "what is left",
        12: "receiver: ids[1]/eni0 (10.0.9.3), one of 3 receivers, by flow hash",
        13: f"crossover {crossover:g} B: frames that are smaller on average meet the packet rate "
            "before the bandwidth",
        14: f"web needs {used} Gbps of a combined {limit} Gbps",
        15: f"aws sessions: 2 x 730 h x 0.015 USD = {session:.2f} USD",
        16: "earlier session: tms-0ids copies the frame, and it is copied once",
        17: "all 2 must hold: mirror web-ports copies nothing, of 1 Gbps at its sources",
        18: "Never mirrored by Tencent Cloud: arp, dhcp, metadata, ntp, windows-activation",
        19: "security group recorder: no ingress rule matches UDP 4789 from 10.0.2.2 to 10.0.9.2, "
            "which is dropped",
        # 51 sources of 6 Gbps are 306, a ninth of which (34) is over the receiver's 6: refused.
        20: "verdict FITS DOES NOT FIT FITS DOES NOT FIT whatever is sent - - - MIR-CAP-001 margin "
            f"{percent(1 - used / limit)} -{percent(-twice)}",
    }


def rows():
    """Number, command and line of each row of the page."""
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    for number, rest in re.findall(r"^\| Q(\d+) \|[^|]*\|(.*)\|$", page, re.M):
        command, line = rest.split(" | ")
        yield int(number), re.search(r"`([^`]*)`", command)[1], re.search(r"`(.*)`", line)[1]


class Questions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = {number: (command, line) for number, command, line in rows()}
        cls.folder = tempfile.TemporaryDirectory()
        cls.printed = {}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def answer(self, words):
        """What the command prints, all white space one space."""
        program, *rest = words
        self.assertEqual(program, "vpcmirror")
        if rest[0] in ("run", "plan"):
            rest += ["--out", self.folder.name]
        key = tuple(rest)
        if key not in self.printed:
            done = subprocess.run([str(arguments.program), *rest], cwd=ROOT, text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.printed[key] = " ".join(done.stdout.split())
        return self.printed[key]

    def test_there_is_a_row_for_each(self):
        self.assertEqual(sorted(self.rows), list(range(1, QUESTIONS + 1)))

    def test_each_command_prints_its_line(self):
        for number, (command, line) in sorted(self.rows.items()):
            with self.subTest(question=number):
                self.assertIn(line, self.answer(shlex.split(command)))

    def test_the_lines_are_what_arithmetic_says(self):
        for number, line in expected().items():
            with self.subTest(question=number):
                self.assertEqual(self.rows[number][1], line)

    def test_the_ring_loses_what_one_worker_cannot_take(self):
        # Of 60,000 frames of one flow and a worker's share of as many others, 35,714 are digested
        # (0.357 Gbps in frames of 1250 bytes) and 2048 are left in the ring. 2000 flows over 32
        # workers: 62.5 each, give or take three times the root of that.
        flows = 2000 / 32
        spread = 3 * math.sqrt(flows) / flows
        (lost,) = re.findall(r"dropped by receiver_ring: ([\d,]+) frames", self.rows[10][1])
        (busiest,) = re.findall(r"the busiest (\d+) % used", self.rows[11][1])
        for share in (1 - spread, 1 + spread):
            sent = 60_000 + share * 60_000 / 32
            bound = (sent - 35_714 - 2048, 100 * sent / 35_714)
            compare = self.assertGreaterEqual if share < 1 else self.assertLessEqual
            compare(int(lost.replace(",", "")), bound[0])
            compare(int(busiest) + (1 if share < 1 else -1), bound[1])

    def test_both_directions_go_to_one_sensor(self):
        command, line = self.rows[12]
        there = shlex.split(command)
        packet = there.index("--packet") + 1
        back = there[:]
        source, destination = re.findall(r"[\d.]+:\d+", there[packet])
        back[packet] = f"out tcp {destination} > {source}"
        self.assertIn(line, self.answer(back))


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
