#!/usr/bin/env python3
"""A small capture of our own, replayed and mirrored: what is copied, what never, what is cut.

Expected frames: the table of tests/golden/mixed-session.md.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pcap_file

NEVER_MIRRORED = {1, 2, 3}
KEPT_AT_MTU_1500 = 1500 - 20 - 8 - 8  # outer IPv4, UDP and VXLAN headers
OUTER_BYTES = 14 + 20 + 8 + 8

arguments = None


def scenario(capture):
    return {
        "name": "golden",
        "duration": "1 s",
        "hosts": {"web": {"type": "S5.2XLARGE32"},
                  "ids": {"type": "S5.2XLARGE32", "receiver": "generic"}},
        "workloads": {"session": {"at": "web", "replay": {"file": str(capture.resolve()),
                                                          "local": ["192.0.2.10"]}}},
        "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
        "output": {"pcap": {"ids": "ids.pcap"}},
    }


class GoldenCapture(unittest.TestCase):
    def test_copies_are_those_of_the_table(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            (out / "golden.json").write_text(json.dumps(scenario(arguments.capture)))
            subprocess.run([str(arguments.program), "run", str(out / "golden.json"),
                            "--out", str(out), "--quiet"], check=True)
            _, received = pcap_file.read(out / "ids.pcap")
            by_tcpdump = subprocess.run(
                ["tcpdump", "-n", "-r", str(out / "ids.pcap"), "udp dst port 4789"],
                check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
            explained = json.loads(subprocess.run(
                [str(arguments.program), "explain", str(out / "golden.json"),
                 "--pcap", str(arguments.capture), "--eni", "web", "--local", "192.0.2.10",
                 "--format", "json"], check=True, stdout=subprocess.PIPE).stdout)
            result = json.loads((out / "result.json").read_text())
        _, captured = pcap_file.read(arguments.capture.with_suffix(".pcap"))
        self.assertEqual(len(captured), 12)
        want = [record.frame[:KEPT_AT_MTU_1500].hex()
                for number, record in enumerate(captured, start=1) if number not in NEVER_MIRRORED]
        self.assertEqual([record.frame[OUTER_BYTES:].hex() for record in received], want)

        self.assertEqual(by_tcpdump.count("VXLAN"), 9)
        mirror = result["mirrors"][0]
        self.assertEqual(mirror["offered_frames"], 12)
        self.assertEqual(mirror["rejected"]["never_mirrored"]["frames"], 3)
        self.assertEqual(mirror["mirrored_frames"], 9)
        self.assertEqual(mirror["truncated_frames"], 2)
        self.assertEqual(mirror["truncated_away_bytes"], 2 * (1514 - KEPT_AT_MTU_1500))

        counts = {}
        for ruling in explained["rulings"]:
            counts[ruling["refusal"]] = counts.get(ruling["refusal"], 0) + ruling["frames"]
        self.assertEqual(counts, {"never_mirrored": 3, None: 9})
        self.assertEqual(explained["others"]["frames"], 0)


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--capture", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
