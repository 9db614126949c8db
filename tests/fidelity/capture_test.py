#!/usr/bin/env python3
"""Captures replayed at an ENI: frames and bytes each way, against Wireshark's own count.

capinfos counts the file, tshark -z io,stat what its filters find to come from the
ENI's address and to go to it. Exit status 77 means skipped: a tool is missing.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77  # SKIP_RETURN_CODE of the ctest
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent

# Name, folder, the address whose ENI sees the capture, and whether its frames are
# put a millisecond apart: the last one runs for 4.5 years, and a run for 100 days.
CAPTURES = (
    ("mixed-session.pcap", "golden", "192.0.2.10", False),
    ("mixed-session.pcapng", "golden", "192.0.2.10", False),
    ("cloud-probe-http.pcap", "captures", "119.130.141.207", False),
    ("tcpreplay-test.pcap", "captures", "172.16.11.12", False),
    ("pcapplusplus-many-protocols.pcap", "captures", "10.0.0.1", True),
)


def output_of(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode()}")
    return done.stdout.decode()


def put_a_millisecond_apart(capture, copy):
    """Of a little-endian pcap file with microseconds."""
    data = bytearray(capture.read_bytes())
    at, number = 24, 0
    while at < len(data):
        (captured,) = struct.unpack_from("<I", data, at + 8)
        struct.pack_into("<II", data, at, number // 1000, number % 1000 * 1000)
        at += 16 + captured
        number += 1
    copy.write_bytes(data)


def count_by_wireshark(capture, address):
    """(frames in the file, (frames out, bytes out), (frames in, bytes in))."""
    out = f"ip.src#1 == {address} || arp.src.proto_ipv4 == {address} || ip.src#1 == 0.0.0.0"
    to_group = "eth.dst[0] & 1"
    into = (f"!({out}) && (ip.dst#1 == {address} || arp.dst.proto_ipv4 == {address} || {to_group})")
    infos = output_of("capinfos", "-M", "-c", "-r", "-T", capture).split("\t")
    text = output_of("tshark", "-n", "-r", capture, "-q", "-z", f"io,stat,0,{out},{into}")
    rows = [line for line in text.splitlines() if "<>" in line]
    cells = [cell.strip() for cell in rows[0].strip("| \n").split("|")]
    numbers = [int(cell) for cell in cells[1:]]
    return int(infos[1]), tuple(numbers[0:2]), tuple(numbers[2:4])


def seconds_of(capture):
    return float(output_of("capinfos", "-M", "-u", "-r", "-T", capture).split("\t")[1])


def count_by_vpcmirror(program, capture, address, is_retimed):
    with tempfile.TemporaryDirectory() as folder:
        if is_retimed:
            copy = pathlib.Path(folder) / capture.name
            put_a_millisecond_apart(capture, copy)
            capture = copy
        scenario = {"duration": f"{int(seconds_of(capture)) + 1} s",
                    "hosts": {"web": {"mtu": "65535 B"}},
                    "workloads": {"replayed": {"at": "web", "replay": {
                        "file": str(capture), "local": [address]}}}}
        file, out = pathlib.Path(folder) / "replay.json", pathlib.Path(folder) / "out"
        file.write_text(json.dumps(scenario), encoding="utf-8")
        output_of(program, "run", file, "--out", out, "--quiet", "--format", "json")
        result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    eni = result["enis"][0]
    aside = sum(int(number) for note in result["notes"]
                for number in re.findall(r"leaves aside (\d+) of", note))
    sent = (eni["out_frames"], eni["out_bytes"])
    arrived = (eni["in_frames"], eni["in_bytes"])
    return sent[0] + arrived[0] + aside, sent, arrived


class Table:
    """As tests/fidelity/support/table.h prints, for whole numbers."""

    def __init__(self):
        self.lines = ["== captures: replayed at one ENI, against capinfos and tshark -z io,stat",
                      "   values in frames or bytes, errors the same",
                      f"   {'':<52} {'prediction':>14} {'truth':>14} {'error':>10} {'allowed':>9}"]
        self.compared = 0
        self.over = 0

    def add(self, what, prediction, truth):
        self.compared += 1
        self.over += prediction != truth
        mark = "" if prediction == truth else "  OVER"
        self.lines.append(f"   {what:<52} {prediction:>14} {truth:>14} {prediction - truth:>+10} "
                          f"{0:>9}{mark}")

    def remark(self, what, why):
        self.lines.append(f"   {what:<52} {why}")

    def text(self):
        last = f"   {self.compared} rows compared, {self.over} over what is allowed"
        return "\n".join(self.lines + [last, "", ""])


def compare(table, program, folders):
    for name, folder, address, is_retimed in CAPTURES:
        capture = folders[folder] / name
        if not capture.exists():
            table.remark(name, f"not compared: no {name} in {folder}")
            continue
        theirs = count_by_wireshark(capture, address)
        ours = count_by_vpcmirror(program, capture.resolve(), address, is_retimed)
        table.add(f"{name}: frames of the file", ours[0], theirs[0])
        for way, predicted, truth in zip(("out", "in"), ours[1:], theirs[1:]):
            table.add(f"{name}: frames {way}", predicted[0], truth[0])
            table.add(f"{name}: bytes {way}", predicted[1], truth[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--captures", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    for tool in ("capinfos", "tshark"):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed (package tshark)")
            return SKIPPED
    table = Table()
    compare(table, arguments.program, {"golden": SOURCE / "tests" / "golden",
                                       "captures": arguments.captures})
    print(table.text(), end="")
    if tables := os.environ.get("VPCMIRROR_TABLES"):
        (pathlib.Path(tables) / "captures.txt").write_text(table.text(), encoding="utf-8")
    return 1 if table.over or not table.compared else 0


if __name__ == "__main__":
    sys.exit(main())
