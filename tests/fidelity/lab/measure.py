#!/usr/bin/env python3
"""Measures what a Linux kernel does with mirrored traffic in a shaped egress, as TSV.

Needs root, iproute2 and a C compiler; see README.md beside this file. Everything is
built in network namespaces of its own and taken away at the end, however it ends.
"""

import argparse
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
HOSTS = {"client": "10.99.0.1", "source": "10.99.0.2", "receiver": "10.99.0.3"}
IN_PORT, OUT_PORT, VXLAN_PORT = 7001, 7002, 4789  # RFC 7348 for the last
MTU = 9000
HEADERS = 42         # Ethernet 14, IPv4 20, UDP 8: of a frame
VXLAN_OVERHEAD = 50  # of a copy: the same again and VXLAN 8
DRAIN_SECONDS = 0.5  # the longest queue, 50 frames at 10 Mbps, takes 0.06
LATE_MS = 20         # a sender that woke later than this stood still
MOST_ATTEMPTS = 5

COLUMNS = ("discipline pacing direction frame_bytes load_target rep seconds rate_bps queue_packets "
           "burst_bytes in_sent in_arrived out_sent out_delivered copies_offered copies_delivered "
           "out_dropped copies_dropped qdisc_dropped out_sent_bytes out_delivered_bytes "
           "copies_offered_bytes copies_delivered_bytes qdisc_sent_bytes load_measured out_loss "
           "copy_loss vxlan_tx_dropped receiver_decapsulated send_failed worst_late_ms "
           "attempt").split()


def run(command):
    done = subprocess.run(command.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr.decode().strip()}")
    return done.stdout.decode()


class Lab:
    """client, source and receiver on a bridge; only the source's egress is shaped."""

    def __init__(self, sender):
        self.sender = sender
        self.prefix = f"vpcm{os.getpid()}"
        self.names = {name: f"{self.prefix}-{name}" for name in (*HOSTS, "bridge")}

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)

    def within(self, host, command):
        return run(f"ip netns exec {self.names[host]} {command}")

    def start(self, host, *arguments):
        command = ["ip", "netns", "exec", self.names[host], str(self.sender), *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def start_sink(self, host, port):
        sink = self.start(host, "sink", port)
        sink.stdout.readline()  # it listens: nothing is sent to a port that is closed
        return sink

    def build(self):
        for name in self.names.values():
            run(f"ip netns add {name}")
        self.within("bridge", "ip link add br0 type bridge")
        self.within("bridge", "ip link set br0 up mtu 9100")
        for number, host in enumerate(HOSTS, start=1):
            self.within("bridge", f"ip link add port{number} mtu 9100 type veth "
                                  f"peer name eth0 netns {self.names[host]}")
            self.within("bridge", f"ip link set port{number} master br0 up")
            # IPv6 off: its announcements would be counted as somebody's frames.
            self.within(host, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
            self.within(host, f"ip link set eth0 address 02:00:00:00:00:0{number} mtu 9100 up")
            self.within(host, f"ip addr add {HOSTS[host]}/24 dev eth0")
        for host, (number, other) in itertools.product(HOSTS, enumerate(HOSTS, start=1)):
            if host != other:
                self.within(host, f"ip neigh replace {HOSTS[other]} dev eth0 nud permanent "
                                  f"lladdr 02:00:00:00:00:0{number}")
        self.within("receiver", f"ip link add vx0 type vxlan id 42 dstport {VXLAN_PORT} "
                                f"local {HOSTS['receiver']} remote {HOSTS['source']} dev eth0")
        self.within("receiver", f"ip link set vx0 mtu {MTU} up")
        self.within("source", "tc qdisc add dev eth0 clsact")

    # The device is made anew so that its counters begin at zero.
    def tap(self, direction):
        subprocess.run(["ip", "-n", self.names["source"], "link", "del", "vx0"],
                       stderr=subprocess.DEVNULL)
        self.within("source", f"ip link add vx0 type vxlan id 42 dstport {VXLAN_PORT} "
                              f"local {HOSTS['source']} remote {HOSTS['receiver']} dev eth0")
        self.within("source", f"ip link set vx0 mtu {MTU} up")
        for hook, port, directions in (("ingress", IN_PORT, ("ALL", "INGRESS")),
                                       ("egress", OUT_PORT, ("ALL", "EGRESS"))):
            subprocess.run(["ip", "netns", "exec", self.names["source"], "tc", "filter", "del",
                            "dev", "eth0", hook], stderr=subprocess.DEVNULL)
            if direction not in directions:
                continue
            # Production alone matches, so that no copy is copied.
            self.within("source", f"tc filter add dev eth0 {hook} protocol ip prio 1 u32 "
                                  f"match ip protocol 17 0xff match ip dport {port} 0xffff "
                                  f"action mirred egress mirror dev vx0")

    def shape(self, point):
        subprocess.run(["ip", "netns", "exec", self.names["source"], "tc", "qdisc", "del", "dev",
                        "eth0", "root"], stderr=subprocess.DEVNULL)
        rate, burst, queue = point["rate_bps"], point["burst_bytes"], point["queue_packets"]
        add = "tc qdisc add dev eth0"
        if point["discipline"] == "fifo":
            self.within("source", f"{add} root handle 1: tbf rate {rate}bit burst {burst} "
                                  f"limit 10000000")
            self.within("source", f"{add} parent 1:1 handle 10: pfifo limit {queue}")
            return
        add_class = "tc class add dev eth0"
        self.within("source", f"{add} root handle 1: htb default 10")
        self.within("source", f"{add_class} parent 1: classid 1:1 htb rate {rate}bit "
                              f"ceil {rate}bit burst {burst} cburst {burst}")
        self.within("source", f"{add_class} parent 1:1 classid 1:10 htb rate {rate}bit "
                              f"ceil {rate}bit burst {burst} cburst {burst} prio 0")
        self.within("source", f"{add_class} parent 1:1 classid 1:20 htb rate 8kbit "
                              f"ceil {rate}bit burst {burst} cburst {burst} prio 1")
        for minor in (10, 20):
            self.within("source", f"{add} parent 1:{minor} handle {minor}: pfifo limit {queue}")
        self.within("source", f"tc filter add dev eth0 parent 1: protocol ip prio 1 u32 "
                              f"match ip protocol 17 0xff match ip dport {VXLAN_PORT} 0xffff "
                              f"flowid 1:20")

    def device(self, host, name):
        stats = json.loads(self.within(host, f"ip -j -s link show dev {name}"))[0]["stats64"]
        return stats["tx"], stats["rx"]

    # Of the root discipline: bytes sent, packets dropped.
    def shaper(self):
        disciplines = json.loads(self.within("source", "tc -j -s qdisc show dev eth0"))
        root = next(each for each in disciplines if each.get("root"))
        return root["bytes"], root["drops"]


def packet_rate(point):
    """Frames a second each way, so that production and copies offer the load."""
    frame = point["frame_bytes"]
    copies = 2 if point["direction"] == "ALL" else 1
    shaped_bits = 8 * (frame + copies * (frame + VXLAN_OVERHEAD))
    return point["load_target"] * point["rate_bps"] / shaped_bits


def send_both_ways(lab, point, seed):
    start = time.monotonic_ns() + 300_000_000
    payload, pps = point["frame_bytes"] - HEADERS, packet_rate(point)

    def sender(host, to, port, number):
        return lab.start(host, "send", HOSTS[to], port, payload, pps, point["seconds"], start,
                         point["pacing"], seed * 2 + number)

    both = (sender("client", "source", IN_PORT, 0), sender("source", "client", OUT_PORT, 1))
    limit = point["seconds"] + 10
    return [each.communicate(timeout=limit)[0].decode().split() for each in both]


def measure(lab, point, seed):
    lab.shape(point)
    lab.tap(point["direction"])
    received_before = lab.device("receiver", "vx0")[1]["packets"]
    sinks = (lab.start_sink("source", IN_PORT), lab.start_sink("client", OUT_PORT))
    try:
        (in_sent, in_failed, in_late), (out_sent, out_failed, out_late) = send_both_ways(
            lab, point, seed)
        time.sleep(DRAIN_SECONDS)
    finally:
        for sink in sinks:
            sink.terminate()
        arrived, delivered = (int(sink.communicate(timeout=10)[0] or 0) for sink in sinks)
    taken, _ = lab.device("source", "vx0")
    decapsulated = lab.device("receiver", "vx0")[1]["packets"] - received_before
    sent_bytes, dropped = lab.shaper()
    copies_dropped = taken["dropped"]
    offered = taken["packets"] + copies_dropped
    out_sent, frame = int(out_sent), point["frame_bytes"]
    copy = frame + VXLAN_OVERHEAD
    shaped_bits = 8 * (out_sent * frame + offered * copy)
    out_dropped = out_sent - delivered
    return {**point, "in_sent": in_sent, "in_arrived": arrived, "out_sent": out_sent,
            "out_delivered": delivered, "copies_offered": offered,
            "copies_delivered": offered - copies_dropped, "out_dropped": out_dropped,
            "copies_dropped": copies_dropped, "qdisc_dropped": dropped,
            "out_sent_bytes": out_sent * frame, "out_delivered_bytes": delivered * frame,
            "copies_offered_bytes": offered * copy,
            "copies_delivered_bytes": (offered - copies_dropped) * copy,
            "qdisc_sent_bytes": sent_bytes,
            "load_measured": f"{shaped_bits / point['seconds'] / point['rate_bps']:.4f}",
            "out_loss": f"{out_dropped / max(1, out_sent):.5f}",
            "copy_loss": f"{copies_dropped / max(1, offered):.5f}",
            "vxlan_tx_dropped": copies_dropped, "receiver_decapsulated": decapsulated,
            "send_failed": int(in_failed) + int(out_failed),
            "worst_late_ms": max(float(in_late), float(out_late))}


def stood_still(row):
    """A machine that took its CPU away measured itself and not the kernel."""
    carried = 8 * row["qdisc_sent_bytes"] / row["seconds"] / row["rate_bps"]
    overloaded = float(row["load_measured"]) >= 1.02
    return row["worst_late_ms"] > LATE_MS or (overloaded and carried < 1)


def broken_accounts(row):
    """What does not add up, to the packet; empty when all does."""
    wrong = []
    if int(row["in_sent"]) != row["in_arrived"]:
        wrong.append("production in: sent and arrived differ")
    if row["out_dropped"] + row["copies_dropped"] != row["qdisc_dropped"]:
        wrong.append("the shaper dropped another number than is missing")
    if row["copies_delivered"] != row["receiver_decapsulated"]:
        wrong.append("copies that left and that were decapsulated differ")
    return wrong


def all_points(seconds):
    fast = {"seconds": seconds, "rate_bps": 50_000_000, "queue_packets": 100, "burst_bytes": 64_000}
    slow = {"seconds": seconds, "rate_bps": 10_000_000, "queue_packets": 50, "burst_bytes": 16_000}
    directions = ("ALL", "INGRESS", "EGRESS")
    over, wide = (1.05, 1.2, 1.5), (0.2, 0.5, 0.8, 0.95, 1.05, 1.2, 1.5)

    def points(discipline, pacing, directions, frames, loads, speed=fast):
        for direction, frame, load in itertools.product(directions, frames, loads):
            yield {"discipline": discipline, "pacing": pacing, "direction": direction,
                   "frame_bytes": frame, "load_target": load, **speed}

    yield from points("fifo", "poisson", directions, (512, 1400), wide)
    yield from points("fifo", "cbr", directions, (512, 1400), (0.8, *over))
    yield from points("priority", "poisson", ("ALL",), (512, 1400), wide)
    yield from points("priority", "cbr", ("ALL",), (1400,), (0.95, *over))
    yield from points("priority", "poisson", ("INGRESS", "EGRESS"), (1400,), over)
    yield from points("fifo", "poisson", ("ALL", "EGRESS"), (1400,), over, slow)


def quick_points(seconds):
    wanted = {("fifo", "poisson", "INGRESS", 1.5), ("fifo", "poisson", "ALL", 1.5),
              ("fifo", "poisson", "ALL", 0.8), ("priority", "poisson", "ALL", 1.5)}
    for point in all_points(seconds):
        key = tuple(point[name] for name in ("discipline", "pacing", "direction", "load_target"))
        if key in wanted and point["frame_bytes"] == 1400 and point["rate_bps"] == 50_000_000:
            yield point


def measure_all(lab, points, repeats, deadline):
    randomness = random.SystemRandom()
    print("\t".join(COLUMNS), flush=True)
    for point, rep in itertools.product(points, range(1, repeats + 1)):
        for attempt in range(1, MOST_ATTEMPTS + 1):
            if time.monotonic() > deadline:
                print("out of time: raise --minutes", file=sys.stderr)
                return 3
            row = measure(lab, point, randomness.getrandbits(32))
            if not stood_still(row):
                break
        row.update(rep=rep, attempt=attempt)
        for complaint in broken_accounts(row):
            print(f"{point}: {complaint}", file=sys.stderr)
        print("\t".join(str(row[name]) for name in COLUMNS), flush=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every point, not four")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=3, help="of sending a row (default: 3)")
    parser.add_argument("--minutes", type=float, default=45, help="end after this (default: 45)")
    arguments = parser.parse_args()
    compiler = shutil.which("cc") or shutil.which("gcc")
    missing = [tool for tool in ("ip", "tc") if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing or compiler is None:
        print(f"needs root, ip, tc and a C compiler; missing: "
              f"{' '.join(missing) or ('cc' if compiler is None else 'root')}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the lab is taken down
    points = list((all_points if arguments.all else quick_points)(arguments.seconds))
    with tempfile.TemporaryDirectory() as folder:
        sender = pathlib.Path(folder) / "paced_udp"
        run(f"{compiler} -O2 -Wall -Wextra -o {sender} {HERE / 'paced_udp.c'} -lm")
        with Lab(sender) as lab:
            return measure_all(lab, points, arguments.repeats,
                               time.monotonic() + 60 * arguments.minutes)


if __name__ == "__main__":
    sys.exit(main())
