"""A monitored host between a generator of traffic and the receivers of its copies.

    generator g0 --- m0 host m1 --- r0 receiver
                            m2 --- r0 second receiver, and so on

Receivers have a VXLAN device of the kernel, vx0, whose frames are what copies carry.
"""

import contextlib
import errno
import json
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import threading
import time

import namespaces
from frames import DESTINATION, SOURCE

LIMIT_S = 30  # for what takes milliseconds, on a machine that is busy
HOST = "10.8.0.10"  # the ENI that is mirrored
VNI = 42
IPV6_HOST, IPV6_RECEIVER, IPV6_VNI = "fd00:8::10", "fd00:9::2", 43
ETH_P_ALL = 3  # include/uapi/linux/if_ether.h
# include/uapi/linux/if_packet.h
SOL_PACKET, PACKET_AUXDATA, OUTGOING, HAS_TAG = 263, 8, 4, 0x10
SO_RCVBUFFORCE = 33  # include/uapi/asm-generic/socket.h
ROOM_BYTES = 256 << 20  # for frames that wait to be looked at


def receiver_address(number):
    return f"10.9.{number}.2"


class Network:
    def __init__(self, stack, receivers):
        self.generator, self.host, *self.receivers = stack.enter_context(
            namespaces.namespaces(2 + receivers))
        self.receiver = self.receivers[0]
        namespaces.join(self.generator, "g0", self.host, "m0")
        self.settle_interface()
        for number, receiver in enumerate(self.receivers):
            self._lead_to(receiver, number)

    def settle_interface(self):
        """m0, which is mirrored: anew when it was made again."""
        for namespace, interface, mac in (self.generator, "g0", SOURCE), (self.host, "m0",
                                                                         DESTINATION):
            namespace.ip("link", "set", interface, "address", mac.hex(":"), "mtu", "9000")
        self.generator.ip("address", "add", "10.8.0.1/24", "dev", "g0")
        self.host.ip("address", "add", HOST + "/24", "dev", "m0")

    def _lead_to(self, receiver, number):
        interface, mac = f"m{number + 1}", f"02:00:00:00:01:{number:02x}"
        namespaces.join(self.host, interface, receiver, "r0")
        self.host.ip("link", "set", interface, "mtu", "1700")
        # Else it passes a run of copies as one packet.
        self.host.run("ethtool", "-K", interface, "tx-udp-segmentation", "off")
        receiver.ip("link", "set", "r0", "mtu", "9000", "address", mac)
        self.host.ip("address", "add", f"10.9.{number}.1/24", "dev", interface)
        receiver.ip("address", "add", f"10.9.{number}.2/24", "dev", "r0")
        self.host.ip("neighbour", "add", f"10.9.{number}.2", "lladdr", mac, "dev", interface,
                     "nud", "permanent")
        receiver.ip("neighbour", "add", f"10.9.{number}.1", "lladdr", link_address(self.host,
                    interface), "dev", "r0", "nud", "permanent")
        receiver.ip("route", "add", "default", "via", f"10.9.{number}.1")
        add_vxlan(receiver, receiver_address(number))
        for each in "r0", "vx0":  # which would put a stream's frames together again
            receiver.run("ethtool", "-K", each, "gro", "off")

    # No other interface has IPv6, and these not longer than needed, so that nothing but copies is
    # sent by it. The host's address is not m0's, which is watched.
    @contextlib.contextmanager
    def ipv6_to_receiver(self):
        host, receiver = self.host, self.receiver
        for namespace, interface, *addresses in (
                (host, "m1", "fd00:9::1/64", IPV6_HOST + "/128"),
                (receiver, "r0", IPV6_RECEIVER + "/64")):
            namespace.set_ipv6(interface, True)
            for address in addresses:
                namespace.ip("address", "add", address, "dev", interface, "nodad")
        host.ip("neighbour", "add", IPV6_RECEIVER, "lladdr", link_address(receiver, "r0"), "dev",
                "m1", "nud", "permanent")
        add_vxlan(receiver, IPV6_RECEIVER, "udp6zerocsumrx", name="vx6", vni=IPV6_VNI)
        yield
        receiver.ip("link", "delete", "vx6")
        receiver.set_ipv6("r0", False)
        host.set_ipv6("m1", False)


def link_address(namespace, interface):
    (link,) = json.loads(namespace.ip("-json", "link", "show", "dev", interface))
    return link["address"]


def add_vxlan(receiver, local, *more, name="vx0", vni=VNI):
    receiver.ip("link", "add", name, "type", "vxlan", "id", str(vni), "dstport", "4789", "local",
                local, "nolearning", *more)
    receiver.ip("link", "set", name, "up")


class Arrivals:
    """Frames that arrive at an interface from now on."""

    def __init__(self, namespace, interface):
        self.socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM_BYTES)
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.bind((interface, ETH_P_ALL))

    def next(self, limit_s=LIMIT_S):
        """None where nothing arrives."""
        deadline = time.monotonic() + limit_s
        while True:
            left_s = max(0, deadline - time.monotonic())
            if not select.select([self.socket], [], [], left_s)[0]:
                return None
            try:
                octets, auxiliary, _, address = self.socket.recvmsg(1 << 17, 128)
            except OSError as error:
                if error.errno == errno.ENETDOWN:  # told once
                    continue
                raise
            if address[2] != OUTGOING:
                return with_tag(octets, auxiliary)

    def take(self, count):
        """As many frames, or fewer where no more arrive."""
        frames = []
        while len(frames) < count and (frame := self.next()) is not None:
            frames.append(frame)
        return frames

    def rest(self):
        """What has arrived already."""
        frames = []
        while (frame := self.next(limit_s=0)) is not None:
            frames.append(frame)
        return frames

    def close(self):
        self.socket.close()


# The kernel takes the outermost tag out of what arrives.
def with_tag(octets, auxiliary):
    for _, _, data in auxiliary:
        status, _, _, _, _, tag, protocol = struct.unpack("=IIIHHHH", data[:20])
        if status & HAS_TAG:
            return octets[:12] + struct.pack("!HH", protocol or 0x8100, tag) + octets[12:]
    return octets


def scenario(*, filters=(), encapsulation="vxlan", receivers=1, mtu=9000, receiver_mtu=1700,
             source=HOST, subnet="watched", by="FIVE_TUPLE_FLOW"):
    subnets = {f"tools{i}": f"10.9.{i}.0/24" for i in range(receivers)}
    limits = {"limits": {"bandwidth": "10 Gbps"}}
    hosts = {f"r{i}": {"subnet": f"tools{i}", "mtu": f"{receiver_mtu} B", "receiver": "generic",
                       "enis": [{"address": receiver_address(i)}], **limits}
             for i in range(receivers)}
    return {
        "provider": "tencent",
        "vpcs": {"lab": {"cidr": "10.8.0.0/15", "subnets": {"watched": "10.8.0.0/24", **subnets}}},
        "hosts": {"web": {"subnet": subnet, "mtu": f"{mtu} B", "enis": [{"address": source}],
                          **limits}, **hosts},
        "mirrors": [{"TrafficMirrorName": "watch", "CollectorSrcs": ["web"], "Direction": "ALL",
                     "CollectorNormalFilters": list(filters),
                     "CollectorTarget": {"TargetIps": [f"r{i}" for i in range(receivers)],
                                         "AlgHash": by}}],
        "assumptions": {"encapsulation": encapsulation,
                        **({} if "gre" in encapsulation or encapsulation == "none"
                           else {"vni": VNI})}}


def ipv6_scenario():
    """Of a cloud whose receivers may have an IPv6 address."""
    limits = {"limits": {"bandwidth": "10 Gbps"}}
    everything = [{"RuleNumber": number, "RuleAction": "accept", "SourceCidrBlock": all_of_it,
                   "DestinationCidrBlock": all_of_it}
                  for number, all_of_it in ((1, "0.0.0.0/0"), (2, "::/0"))]
    return {
        "provider": "aws",
        "vpcs": {"lab": {"cidr": "10.8.0.0/15", "ipv6_cidr": "fd00:8::/31", "subnets": {
            "watched": {"cidr": "10.8.0.0/24", "ipv6_cidr": "fd00:8::/64"},
            "tools": {"cidr": "10.9.0.0/24", "ipv6_cidr": "fd00:9::/64"}}}},
        "hosts": {"web": {"subnet": "watched", "mtu": "9000 B", **limits, "enis": [
                      {"address": HOST, "secondary_addresses": [IPV6_HOST]}]},
                  "r0": {"subnet": "tools", "mtu": "1700 B", "receiver": "generic", **limits,
                         "enis": [{"address": receiver_address(0),
                                   "secondary_addresses": [IPV6_RECEIVER]}]}},
        "mirrors": {
            "TrafficMirrorSessions": [
                {"TrafficMirrorSessionId": "tms-1", "TrafficMirrorTargetId": "tmt-1",
                 "TrafficMirrorFilterId": "tmf-1", "NetworkInterfaceId": "web", "SessionNumber": 1,
                 "VirtualNetworkId": IPV6_VNI}],
            "TrafficMirrorFilters": [
                {"TrafficMirrorFilterId": "tmf-1", "IngressFilterRules": everything,
                 "EgressFilterRules": everything}],
            "TrafficMirrorTargets": [
                {"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": IPV6_RECEIVER}]}}


class ServiceManager:
    """What a service says of itself, by sd_notify(3)."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.path.chmod(0o777)
        self.socket.settimeout(LIMIT_S)

    def is_told(self, line):
        """Waits until it is."""
        while line not in self.socket.recv(1 << 16).decode().splitlines():
            pass

    def close(self):
        self.socket.close()


class Live:
    """vpcmirror live in a namespace, and what it says."""

    # `stdout`: a descriptor that is not read here.
    def __init__(self, command, manager=None, stdout=None):
        self.began = time.monotonic()
        notify = {"NOTIFY_SOCKET": str(manager.path)} if manager else {}
        self.process = subprocess.Popen(command, stdout=stdout or subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True,
                                        env=os.environ | notify)
        self.changed = threading.Condition()
        self.lines = []  # of stderr
        self.has_ended = False
        self.out = ""
        self.threads = [threading.Thread(target=each, daemon=True)
                        for each in (self._read_errors, self._read_out)]
        for thread in self.threads:
            thread.start()

    def _read_errors(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    def _read_out(self):
        self.out = self.process.stdout.read() if self.process.stdout else ""

    @property
    def said(self):
        with self.changed:
            return "\n".join(self.lines)

    def says(self, text, times=1):
        """Waits until so many lines have the text; the last of them."""
        def found():
            return [line for line in self.lines if text in line]
        with self.changed:
            self.changed.wait_for(lambda: len(found()) >= times or self.has_ended, LIMIT_S)
            lines = found()
            assert len(lines) >= times, f"\"{text}\" is missing in: " + "\n".join(self.lines)
            return lines[-1]

    def reports(self, text):
        """Asks by SIGUSR1 until what it prints has the text; the last of it."""
        return self._reports(lambda report: text in report)

    def reports_no_more(self, text):
        return self._reports(lambda report: text not in report)

    def _reports(self, is_wanted):
        deadline = time.monotonic() + LIMIT_S
        while True:
            before = len(self.lines)
            self.process.send_signal(signal.SIGUSR1)
            with self.changed:
                self.changed.wait_for(lambda: self._report_since(before) or self.has_ended,
                                      LIMIT_S)
                report = self._report_since(before)
            if is_wanted(report):
                return report
            assert time.monotonic() < deadline and not self.has_ended, self.said
            time.sleep(0.02)

    def _report_since(self, line):
        """Empty until all of it is there."""
        report = "\n".join(self.lines[line:])
        return report if "Sent to" in report or "Copies were counted" in report else ""

    def end(self, by=signal.SIGTERM):
        """Its exit status, and its account."""
        self.process.send_signal(by)
        return self.ended()

    def ended(self):
        status = self.process.wait(LIMIT_S)
        for thread in self.threads:
            thread.join(LIMIT_S)
        return status, json.loads(self.out) if self.out.startswith(("{", "[")) else None

    def kill(self):
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join(LIMIT_S)
        if self.process.stdout:
            self.process.stdout.close()
        self.process.stderr.close()


def write_scenario(path, content):
    """At once: nobody reads half of it."""
    beside = pathlib.Path(f"{path}.new")
    beside.write_text(content if isinstance(content, str) else json.dumps(content),
                      encoding="utf-8")
    os.replace(beside, path)
