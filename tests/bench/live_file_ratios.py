#!/usr/bin/env python3
"""live_file_ratios.py --program VPCMIRROR --libpcap-pass FILE: how fast a capture becomes a
capture of copies.

Question: what does `live --read --write` take of a CPU for a frame, against a pass of libpcap that
only reads and writes, against tcprewrite, and does memory stay the same for a capture four times
as long? Contenders take turns, all in one run, over captures in memory (tmpfs); of each the best
round counts. Prints tab-separated lines: contender, ns of CPU time a frame, MiB at most, ratio to
ours, goal. Exit status: 0 whatever the ratios are; with --check 1 when one misses its goal.
"""

import argparse
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

ROUNDS = 7
FRAMES = 1_000_000
FLOWS = 1000
# Simple IMIX, 7:4:1, of Ethernet frames without FCS.
SIZES = [60] * 7 + [590] * 4 + [1514]
# By how many times ours is to be the faster.
GOALS = {"libpcap read and dump": 1.6, "tcprewrite": 3.0}

SCENARIO = """{
  "provider": "tencent",
  "hosts": {"web": {"type": "S5.2XLARGE32"},
            "ids": {"type": "S5.2XLARGE32", "receiver": "generic"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"], "Direction": "ALL",
               "CollectorTarget": {"TargetIps": ["ids"]}}]
}
"""


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(flow, size):
    peer = bytes([203, 0, 113, flow % 250 + 1])
    ends = (bytes([10, 8, 0, 2]), peer) if flow % 2 else (peer, bytes([10, 8, 0, 2]))
    header = struct.pack("!BBHHHBBH", 0x45, 0, size - 14, flow, 0x4000, 64, 6, 0) + b"".join(ends)
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    tcp = struct.pack("!HHIIBBHHH", 1024 + flow, 443, 1, 1, 0x50, 0x10, 0xFFFF, 0, 0)
    ethernet = bytes.fromhex("0200000000020200000000010800")
    return (ethernet + header + tcp).ljust(size, b"\x5a")


def write_capture(path, frames):
    random.seed(1)
    made = [[frame(flow, size) for size in sorted(set(SIZES))] for flow in range(FLOWS)]
    place = {size: i for i, size in enumerate(sorted(set(SIZES)))}
    with open(path, "wb", buffering=1 << 22) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for i in range(frames):
            octets = made[random.randrange(FLOWS)][place[random.choice(SIZES)]]
            out.write(struct.pack("<IIII", 1_700_000_000 + i // 1_000_000, i % 1_000_000 * 1000,
                                  len(octets), len(octets)))
            out.write(octets)


def cpu_and_memory(command):
    """Seconds of CPU time and MiB of a command that has to succeed."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        sys.exit(f"{command}: {child.stderr.read().decode(errors='replace')}")
    child.stderr.close()
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def contenders(arguments, scenario, capture, copies):
    def live(*more):
        return [arguments.program, "live", str(scenario), "--read", str(capture), "--eni", "web",
                "--local", "10.8.0.2", *more]

    found = {"live --read --write": live("--write", str(copies)),
             "live --read (counts)": live(),
             "libpcap read and dump": [arguments.libpcap_pass, str(capture), str(copies)]}
    if shutil.which("tcprewrite"):
        found["tcprewrite"] = ["tcprewrite", "--enet-vlan=add", "--enet-vlan-tag=40",
                               "--enet-vlan-cfi=0", "--enet-vlan-pri=0", "-i", str(capture), "-o",
                               str(copies)]
    return found


def measure(arguments, folder):
    scenario = folder / "scenario.json"
    scenario.write_text(SCENARIO, encoding="utf-8")
    capture = folder / "imix.pcap"
    write_capture(capture, arguments.frames)
    best, most = {}, {}
    for _ in range(arguments.rounds):
        for name, command in contenders(arguments, scenario, capture, folder / "out.pcap").items():
            # Each writes a new file: to let go of an old one's pages takes time of its own.
            (folder / "out.pcap").unlink(missing_ok=True)
            seconds, memory = cpu_and_memory(command)
            best[name] = min(best.get(name, seconds), seconds)
            most[name] = max(most.get(name, memory), memory)
    # In parts: a child's memory is told with what this process has when it is made.
    with open(folder / "long.pcap", "wb") as out, open(capture, "rb") as once:
        shutil.copyfileobj(once, out)
        for _ in range(3):
            once.seek(24)
            shutil.copyfileobj(once, out)
    (folder / "out.pcap").unlink(missing_ok=True)
    command = contenders(arguments, scenario, folder / "long.pcap", folder / "out.pcap")
    _, long_memory = cpu_and_memory(command["live --read --write"])
    return best, most, long_memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--libpcap-pass", required=True)
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="vpcmirror-bench-") as folder:
        best, most, long_memory = measure(arguments, pathlib.Path(folder))
    ours = best["live --read --write"]
    missed = []
    print("contender\tcpu_ns_per_frame\tmost_mib\ttimes_ours\tgoal")
    for name, seconds in best.items():
        goal = GOALS.get(name)
        print(f"{name}\t{seconds / arguments.frames * 1e9:.0f}\t{most[name]:.1f}\t"
              f"{seconds / ours:.2f}\t{'' if goal is None else f'>={goal}'}")
        if goal is not None and seconds / ours < goal:
            missed.append(name)
    growth = long_memory - most["live --read --write"]
    print(f"four times the frames\t\t{long_memory:.1f}\t\t<={most['live --read --write'] + 1:.1f}")
    if growth > 1:
        missed.append("memory")
    with open("/proc/loadavg", encoding="ascii") as load:
        print(f"load {load.read().strip()}; missed: {', '.join(missed) or 'none'}", file=sys.stderr)
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
