#!/usr/bin/env python3
"""`vpcmirror live --read`: tshark finds in the copies the frames of the capture; a file is there
whole or not at all, whoever ends the program; what is wrong with a capture is told.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"
MOST_SECONDS = 120  # of a wait for what is sure to come

SCENARIO = {
    "provider": "tencent",
    "hosts": {"web": {"type": "S5.2XLARGE32"},
              "ids": {"type": "S5.2XLARGE32", "receiver": "generic"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"], "Direction": "ALL",
                 "CollectorTarget": {"TargetIps": ["ids"]}}],
}
LOCAL = "192.0.2.10"  # mixed-session.md: the client
# An Ethernet frame of UDP over IPv4 from that client, of which nobody checks anything.
FRAME = (bytes.fromhex("0200000000020200000000010800") +
         bytes.fromhex("4500001c0000000040110000c000020ac6336414") +
         bytes.fromhex("9c40003500080000"))

arguments = None


def pcap(frames):
    octets = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
    for i, frame in enumerate(frames):
        octets += struct.pack("<IIII", 1_700_000_000 + i, 5, len(frame), len(frame)) + frame
    return octets


def frames_of(path):
    octets = path.read_bytes()
    at, frames = 24, []
    while at < len(octets):
        length = struct.unpack_from("<I", octets, at + 8)[0]
        frames.append(octets[at + 16:at + 16 + length])
        at += 16 + length
    return frames


class LiveCaptureTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="vpcmirror-live-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.scenario = self.folder / "scenario.json"
        self.scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
        self.copies = self.folder / "copies.pcap"

    def command(self, capture, *more):
        return [arguments.program, "live", str(self.scenario), "--read", str(capture), "--eni",
                "web", "--local", LOCAL, *more]

    def live(self, capture, *more, status=0):
        done = subprocess.run(self.command(capture, *more), capture_output=True, text=True,
                              check=False, timeout=MOST_SECONDS)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def capture(self, octets):
        path = self.folder / "web.pcap"
        path.write_bytes(octets)
        return path

    def left_over(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_tshark_finds_the_original_frames(self):
        if shutil.which("tshark") is None:
            self.skipTest("no tshark")
        for name in ("copies.pcap", "copies.pcapng"):
            with self.subTest(name):
                done = self.live(GOLDEN / "mixed-session.pcap", "--write",
                                 str(self.folder / name), "--format", "json")
                inner = subprocess.run(
                    ["tshark", "-r", str(self.folder / name), "-T", "fields", "-e",
                     "frame.time_epoch", "-e", "vxlan.vni", "-e", "_ws.malformed", "-e",
                     "udp.dstport"], capture_output=True, text=True, check=True).stdout
                lines = inner.splitlines()
                self.assertGreater(len(lines), 0)
                self.assertEqual(len(lines), json.loads(done.stdout)["send"]["sent"])
                for line in lines:
                    _, vni, malformed, port = line.split("\t")
                    self.assertNotEqual(vni, "")
                    self.assertEqual(malformed, "")
                    self.assertEqual(port.split(",")[0], "4789")

    def test_behind_the_outer_headers_is_the_frame(self):
        capture = self.capture(pcap([FRAME, FRAME + b"x"]))
        done = self.live(capture, "--write", str(self.copies), "--format", "json")
        copies = frames_of(self.copies)
        # Ethernet, IPv4, UDP and VXLAN: 14 + 20 + 8 + 8.
        self.assertEqual([copy[50:] for copy in copies], [FRAME, FRAME + b"x"])
        account = json.loads(done.stdout)
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], 2)
        self.assertEqual(account["mirrors"][0]["by_receiver"][0]["wire_datagrams"], 2)
        self.assertEqual(account["mirrors"][0]["wire_bytes"], 2 * 50 + 42 + 43)
        self.assertEqual(account["capture"]["out"], {"frames": 2, "bytes": 85})
        self.assertEqual(account["send"]["sent"], 2)

    def test_text_has_80_columns_and_says_what_became_of_frames(self):
        done = self.live(GOLDEN / "mixed-session.pcap")
        self.assertIn("Copies were counted and not sent", done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_a_capture_that_breaks_off_is_mirrored_as_far_as_it_goes(self):
        capture = self.capture(pcap([FRAME, FRAME])[:-5])
        done = self.live(capture, "--write", str(self.copies), status=2)
        self.assertIn("breaks off in the middle of a record", done.stderr)
        self.assertIn("at byte 82", done.stdout.replace("\n", " "))  # 24 + 16 + 42
        self.assertEqual(len(frames_of(self.copies)), 1)

    def test_what_is_no_capture_is_refused_and_nothing_is_written(self):
        for octets in (b"", b"x" * 100, pcap([])[:20]):
            done = self.live(self.capture(octets), "--write", str(self.copies), status=2)
            self.assertIn("accepted:", done.stderr)
            self.assertFalse(self.copies.exists())

    def test_what_is_read_is_never_written_over(self):
        capture = self.folder / "frames.pcap"
        capture.write_bytes(pcap([FRAME]))
        other_name = self.folder / "link.pcap"
        other_name.symlink_to(capture)
        for path in capture, other_name, self.scenario:
            with self.subTest(path):
                before = path.read_bytes()
                done = self.live(capture, "--write", str(path), status=2)
                self.assertIn("--write: would replace", done.stderr)
                self.assertEqual(path.read_bytes(), before)

    def test_encapsulation_none_is_refused_where_copies_are_written(self):
        none = ["--set", '/assumptions={"encapsulation": "none"}']
        done = self.live(GOLDEN / "mixed-session.pcap", "--write", str(self.copies), *none,
                         status=2)
        self.assertIn('encapsulation "none"', done.stderr)
        self.live(GOLDEN / "mixed-session.pcap", *none)
        self.assertEqual(self.left_over(), ["scenario.json"])

    def test_a_full_disk_is_told_at_once(self):
        done = self.live(GOLDEN / "mixed-session.pcap", "--write", "/dev/full", status=2)
        self.assertIn("cannot write /dev/full: No space left on device", done.stderr)

    def start_on_a_pipe(self):
        """The program, which reads a pipe, and the pipe's other end."""
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        process = subprocess.Popen(self.command(pipe, "--write", str(self.copies)),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        writer = pipe.open("wb", buffering=0)
        self.addCleanup(writer.close)
        writer.write(pcap([FRAME] * 3))
        self.wait_for(lambda: list(self.folder.glob("copies.pcap.tmp-*")))
        return process, writer

    def wait_for(self, condition):
        end = time.monotonic() + MOST_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_ctrl_c_leaves_a_whole_file(self):
        process, writer = self.start_on_a_pipe()
        # Twice what a pipe holds: written once the program has read, and so begun to mirror.
        writer.write(pcap([FRAME] * 4000)[24:])
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=MOST_SECONDS)
        self.assertEqual(process.returncode, 130, errors)
        for copy in frames_of(self.copies):
            self.assertEqual(copy[50:], FRAME)
        self.assertEqual(self.left_over(), ["copies.pcap", "pipe", "scenario.json"])

    def test_a_killed_run_leaves_no_half_file(self):
        process, _ = self.start_on_a_pipe()
        process.kill()
        process.wait(timeout=MOST_SECONDS)
        self.assertFalse(self.copies.exists())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
