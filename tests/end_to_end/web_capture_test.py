#!/usr/bin/env python3
"""A real capture, replayed and mirrored, reaches the receiver whole.

Runs scenarios/web-capture.json and reads the pcap file of its receiver twice:
with a reader of our own, byte for byte, and with tshark, which knows nothing
of us.
"""

import argparse
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pcap_file

SKIPPED = 77  # SKIP_RETURN_CODE of the ctest
CAPTURE = "cloud-probe-http.pcap"
CAPTURED_FRAMES = 913  # as capinfos counts
ETHERNET_BYTES, IPV4_BYTES, UDP_BYTES, VXLAN_BYTES = 14, 20, 8, 8
OUTER_BYTES = ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES + VXLAN_BYTES
VXLAN_PORT = 4789  # RFC 7348, 8

arguments = None


def ones_complement_sum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def tshark_fields(path, *fields, occurrence, options=()):
    command = ["tshark", "-n", "-r", str(path), *options, "-T", "fields",
               "-E", f"occurrence={occurrence}"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return [tuple(line.split("\t")) for line in done.stdout.decode().splitlines()]


class WebCapture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        out = pathlib.Path(cls.folder.name)
        capture = (arguments.captures / CAPTURE).resolve()
        subprocess.run([str(arguments.program), "run", str(arguments.scenario), "--out", str(out),
                        "--quiet", "--format", "json",
                        "--set", f"{arguments.pointer}={json.dumps(str(capture))}"],
                       stdout=subprocess.DEVNULL, check=True)
        cls.received_file = out / "ids.pcap"
        cls.captured_file = capture
        cls.result = json.loads((out / "result.json").read_text(encoding="utf-8"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_frame_comes_as_an_inner_frame_byte_for_byte_and_in_order(self):
        _, captured = pcap_file.read(self.captured_file)
        link_type, received = pcap_file.read(self.received_file)
        self.assertEqual(link_type, pcap_file.ETHERNET)
        self.assertEqual(len(captured), CAPTURED_FRAMES)
        self.assertEqual(len(received), CAPTURED_FRAMES)
        for number, (sent, got) in enumerate(zip(captured, received), start=1):
            self.assertEqual(got.frame[OUTER_BYTES:].hex(), sent.frame.hex(), f"frame {number}")
            self.assertEqual(got.wire_bytes, sent.wire_bytes + OUTER_BYTES, f"frame {number}")

    def test_frames_keep_their_distances(self):
        # Capture times are in milliseconds, so that bursts share one; the copies of
        # a burst queue behind each other, at 1 Gbps and up for less than 1 ms.
        _, captured = pcap_file.read(self.captured_file)
        _, received = pcap_file.read(self.received_file)
        for sent, got in zip(captured, received):
            late_ns = (got.time_ns - received[0].time_ns) - (sent.time_ns - captured[0].time_ns)
            self.assertLess(abs(late_ns), 1_000_000)

    def test_outer_headers_are_vxlan_over_ipv4(self):
        # RFC 791: a header with its checksum sums to 0xffff. RFC 768: a UDP length
        # counts its header. RFC 7348, 5: flags 0x08, all that is reserved zero.
        _, received = pcap_file.read(self.received_file)
        for record in received:
            ipv4 = record.frame[ETHERNET_BYTES:ETHERNET_BYTES + IPV4_BYTES]
            udp = record.frame[ETHERNET_BYTES + IPV4_BYTES:OUTER_BYTES - VXLAN_BYTES]
            vxlan = record.frame[OUTER_BYTES - VXLAN_BYTES:OUTER_BYTES]
            self.assertEqual(record.frame[12:14], b"\x08\x00")
            self.assertEqual(ones_complement_sum(ipv4), 0xFFFF)
            self.assertEqual(struct.unpack_from(">H", ipv4, 2)[0],
                             len(record.frame) - ETHERNET_BYTES)
            _, port, length, checksum = struct.unpack(">4H", udp)
            self.assertEqual((port, checksum), (VXLAN_PORT, 0))
            self.assertEqual(length, len(record.frame) - ETHERNET_BYTES - IPV4_BYTES)
            self.assertEqual((vxlan[:4], vxlan[7:]), (b"\x08\x00\x00\x00", b"\x00"))

    def test_tshark_finds_valid_outer_checksums(self):
        rows = tshark_fields(self.received_file, "ip.checksum.status", "udp.dstport",
                             occurrence="f", options=("-o", "ip.check_checksum:TRUE"))
        self.assertEqual(rows, [("1", str(VXLAN_PORT))] * CAPTURED_FRAMES)  # 1: good

    def test_tshark_finds_the_captured_packets_inside_vxlan(self):
        fields = ("eth.src", "ip.src", "ip.id", "ip.ttl", "tcp.seq_raw", "tcp.ack_raw", "tcp.len")
        inner = tshark_fields(self.received_file, *fields, occurrence="l",
                              options=("-d", f"udp.port=={VXLAN_PORT},vxlan"))
        self.assertEqual(inner, tshark_fields(self.captured_file, *fields, occurrence="l"))
        vnis = tshark_fields(self.received_file, "vxlan.vni", occurrence="f",
                             options=("-d", f"udp.port=={VXLAN_PORT},vxlan"))
        self.assertEqual(len(vnis), CAPTURED_FRAMES)
        self.assertNotIn(("",), vnis)

    def test_result_counts_every_frame(self):
        self.assertEqual(self.result["mirrors"][0]["mirrored_frames"], CAPTURED_FRAMES)


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--scenario", type=pathlib.Path, required=True)
    parser.add_argument("--captures", type=pathlib.Path, required=True)
    parser.add_argument("--pointer", default="/workloads/browsing/replay/file",
                        help="where the scenario names the capture")
    arguments = parser.parse_args()
    if not (arguments.captures / CAPTURE).is_file():
        print(f"skipped: no capture {CAPTURE} in {arguments.captures} (set VPCMIRROR_CAPTURES)")
        sys.exit(SKIPPED)
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
