#!/usr/bin/env python3
"""tshark decodes every encapsulation of tests/golden/encapsulations.pcap, whose table is in
encapsulations.md: no malformed packet, no wrong checksum, the inner frame as it was.
"""

import argparse
import pathlib
import shutil
import struct
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pcap_file

SKIPPED = 77
ETHERNET_AND_TAG = 18
INNER_FRAME = "eth:ethertype:vlan:ethertype:ip:tcp:data"
INNER_PACKET = "ip:tcp:data"
VNI = 0x123456

# Behind the outer IP header, in the order of the table: protocols, and fields with their values.
VXLAN = {"vxlan.vni": str(VNI), "udp.srcport": "49153"}
GENEVE = {"geneve.vni": hex(VNI), "udp.srcport": "49153"}
KEY = {"gre.key": "0x01020304"}
SEQUENCE = {"gre.sequence_number": "7"}
ERSPAN = SEQUENCE | {"erspan.spanid": "341", "erspan.vlan": "10"}
# Geneve's first length is that of all options.
ROWS = [
    ("udp:vxlan:" + INNER_FRAME, VXLAN),
    ("udp:geneve:" + INNER_FRAME, GENEVE | {"geneve.option.length": "0"}),
    ("udp:geneve:" + INNER_FRAME, GENEVE | {"geneve.option.length": "12,4,8"}),
    ("udp:geneve:" + INNER_PACKET, GENEVE),
    ("gre:" + INNER_PACKET, {"gre.key": "", "gre.sequence_number": ""}),
    ("gre:" + INNER_PACKET, KEY | SEQUENCE),
    ("gre:" + INNER_FRAME, {"gre.key": "", "gre.sequence_number": ""}),
    ("gre:" + INNER_FRAME, KEY),
    ("gre:" + INNER_FRAME, KEY | SEQUENCE),
    ("gre:" + INNER_FRAME, {"gre.key": "0x12345641", "gre.sequence_number": ""}),
    ("gre:erspan:" + INNER_FRAME, {"gre.sequence_number": ""}),
    ("gre:erspan:" + INNER_FRAME, ERSPAN),
    ("gre:erspan:" + INNER_FRAME, ERSPAN | {"erspan.timestamp": "1000"}),
    ("gre:erspan:" + INNER_FRAME, ERSPAN | {"erspan.timestamp": "1000"}),
]

arguments = None


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def inner_frame():
    """From RFC 791 and 9293, without the program's code."""
    source, destination = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 20])
    request = b"GET / HTTP/1.0\r\n\r\n"

    def tcp(check):
        return struct.pack("!HHIIBBHHH", 40000, 80, 1000, 2000, 0x50, 0x18, 0xFFFF, check,
                           0) + request

    def ip(check):
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp(0)), 1, 0x4000, 64, 6, check,
                           source, destination)

    pseudo = source + destination + struct.pack("!HH", 6, len(tcp(0)))
    ethernet = bytes.fromhex("020000000002" "020000000001" "8100" "000a" "0800")
    return ethernet + ip(checksum(ip(0))) + tcp(checksum(pseudo + tcp(0)))


def tshark(*options):
    preferences = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE",
                   "udp.ignore_ipv6_zero_checksum:TRUE",  # RFC 6935
                   # The same request 28 times over looks like retransmissions, and is no stream.
                   "tcp.analyze_sequence_numbers:FALSE", "tcp.desegment_tcp_streams:FALSE"]
    command = ["tshark", "-n", "-r", str(arguments.capture), "--disable-protocol", "http"]
    for preference in preferences:
        command += ["-o", preference]
    return subprocess.run(command + list(options), check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.decode()


def fields(*names):
    options = ["-T", "fields", "-E", "separator=;"]
    for name in names:
        options += ["-e", name]
    return [line.split(";") for line in tshark(*options).splitlines()]


class EncapsulationCapture(unittest.TestCase):
    def test_protocols_and_identifiers_are_those_of_the_table(self):
        rows = [(family, *row) for row in ROWS for family in ("ip", "ipv6")]
        names = sorted({name for _, want in ROWS for name in want})
        decoded = fields("frame.protocols", *names)
        self.assertEqual(len(decoded), len(rows))
        for number, (family, protocols, want) in enumerate(rows):
            got = dict(zip(["frame.protocols"] + names, decoded[number]))
            with self.subTest(frame=number + 1):
                self.assertEqual(got["frame.protocols"], f"eth:ethertype:{family}:{protocols}")
                self.assertEqual({name: got[name] for name in want}, want)

    def test_nothing_is_malformed_and_checksums_are_good(self):
        for message, ip, tcp in fields("_ws.expert.message", "ip.checksum.status",
                                       "tcp.checksum.status"):
            self.assertEqual(message, "")
            self.assertIn(ip, ("1", "1,1"))  # 1: good; the inner header, and the outer if IPv4
            self.assertEqual(tcp, "1")

    def test_inner_frame_is_identical(self):
        _, records = pcap_file.read(arguments.capture)
        self.assertEqual(len(records), 2 * len(ROWS))
        for number, record in enumerate(records):
            protocols = ROWS[number // 2][0]
            carried = inner_frame()
            if not protocols.endswith(INNER_FRAME):
                carried = carried[ETHERNET_AND_TAG:]
            with self.subTest(frame=number + 1):
                self.assertEqual(record.frame[-len(carried):].hex(), carried.hex())
                # What tshark says is in front of it is all that there is.
                self.assertEqual(record.wire_bytes, len(record.frame))


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capture", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
