"""vpcmirror live from a real interface to a real receiver.

Frames are written out here, or are the kernel's own TCP; the receiver is a VXLAN device of the
kernel, a raw capture or tshark. Usage: live_command_test.py --program VPCMIRROR [TEST...]
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
import namespaces
from frames import ethernet, ipv4, read_to_the_end, stream_of, udp_like
from monitored_host import (HOST, IPV6_HOST, LIMIT_S, Arrivals, Live, Network,
                            ServiceManager, ipv6_scenario, link_address, receiver_address, scenario,
                            write_scenario)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def numbered(number, *, port=1000, source_port=9, length=60):
    """A frame of UDP over IPv4 to nobody, so that nobody answers."""
    payload = struct.pack("!I", number).ljust(length - 14 - 20 - 8, b".")
    return ipv4(struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload, 17,
                "10.8.0.1", "10.8.0.77")


def number_of(frame):
    return struct.unpack_from("!I", frame, 42)[0]


def port_of(frame):
    return struct.unpack_from("!H", frame, 36)[0]


def udp_of_ipv6():
    packet = (struct.pack("!IHBB", 0x60000000, 8 + 100, 17, 64) + bytes(15) + b"\x01" +
              bytes(15) + b"\x02" + struct.pack("!HHHH", 9, 9, 108, 0) + bytes(100))
    return ethernet(packet, ether_type=0x86DD)


def tagged(frame, *vlans):
    tags = b"".join(struct.pack("!HH", 0x8100, vlan) for vlan in vlans)
    return frame[:12] + tags + frame[12:]


# Runs of one length, lengths that differ, tags, both IP versions, a fragment, the longest frame.
FRAMES = ([numbered(i, length=512) for i in range(200)] +
          [numbered(1000 + i, source_port=20 + i % 7, length=60 + i) for i in range(200)] +
          [tagged(numbered(2000), 7), tagged(numbered(2001), 3, 0x2FFF), udp_of_ipv6(),
           ipv4(bytes(1480), 17, "10.8.0.1", "10.8.0.77", flags=0x2000),
           udp_like(6, 443, destination="10.8.0.77"), numbered(2002, length=1514)])


# One for all: to make namespaces takes longer than any test. What a test changes it puts back.
def setUpModule():
    global NET
    stack = contextlib.ExitStack()
    unittest.addModuleCleanup(stack.close)
    NET = Network(stack, receivers=3)


class LiveTest(unittest.TestCase):
    def setUp(self):
        self.net = NET
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)  # the program goes on as an unprivileged user
        self.scenario = self.folder / "scenario.json"

    def write(self, **settings):
        write_scenario(self.scenario, scenario(**settings))

    def arrivals(self, namespace=None, interface="r0"):
        arrivals = Arrivals(namespace or self.net.receiver, interface)
        self.addCleanup(arrivals.close)
        return arrivals

    def copies(self, number=0):
        """What they carry to a receiver."""
        return self.arrivals(self.net.receivers[number], "vx0")

    def command(self, *arguments):
        return self.net.host.command(PROGRAM, "live", self.scenario, "--data", ROOT / "scenarios",
                                     "--format", "json", *arguments)

    def live(self, *arguments, interfaces=("m0",), output=("--send",), manager=None, stdout=None):
        chosen = [word for each in interfaces for word in ("--interface", each)]
        live = Live(self.command(*chosen, *output, *arguments), manager, stdout)
        self.addCleanup(live.kill)
        live.says("mirroring ")
        return live

    def send(self, *frames):
        self.net.generator.send_frames("g0", *frames)

    def keep_sending(self, frames, until):
        deadline = time.monotonic() + LIMIT_S
        while not until():
            self.assertLess(time.monotonic(), deadline)
            self.send(*frames)

    # It ends in order, and every frame and copy is accounted for.
    def end(self, live):
        status, account = live.end()
        self.assertEqual(status, 0, live.said)
        self.assert_adds_up(account)
        return account

    def assert_adds_up(self, account):
        capture, send = account["capture"], account["send"]
        self.assertEqual(capture["kernel_dropped"], 0)
        self.assertEqual(send["taken"],
                         send["sent"] + sum(send["refused"].values()) + send["waiting"] +
                         shed(send))
        self.assertEqual(send["waiting"], 0)
        self.assertEqual(send["taken"] - shed(send),
                         sum(each["taken"] for each in send["receivers"]))
        (mirror,) = account["mirrors"]
        self.assertEqual(shed(send), sum(shed(each) for each in mirror["by_receiver"]))
        self.assertEqual(send["taken"], mirror["wire_datagrams"])
        self.assertEqual(mirror["offered_frames"], mirror["rejected_frames"] +
                         mirror["mirrored_frames"] + dropped(mirror))
        self.assertEqual(capture["frames"], capture["in"]["frames"] + capture["out"]["frames"] +
                         capture["others"]["frames"])


def shed(counters):
    return sum(each["packets"] for each in counters["shed"].values())


def dropped(mirror):
    return sum(each["frames"] for each in mirror["dropped"].values())


class CopiesTest(LiveTest):
    def assert_yields(self, arrivals, live, sent, get=lambda frame: frame):
        got = [get(frame) for frame in arrivals.take(len(sent))]
        self.assertEqual(sorted(got), sorted(sent))
        of_one_flow = [frame for frame in got if frame[34:36] == b"\x00\x09" and len(frame) == 512]
        self.assertEqual(of_one_flow, [frame for frame in sent if frame in of_one_flow])
        account = self.end(live)
        self.assertEqual(arrivals.rest(), [])
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], len(sent))
        self.assertEqual(account["send"]["sent"], len(sent))
        return account

    def test_a_vxlan_device_yields_what_came_to_the_host(self):
        self.write()
        copies = self.copies()
        for arguments in [], ["--no-gso"]:
            with self.subTest(arguments):
                live = self.live(*arguments)
                self.send(*FRAMES)
                account = self.assert_yields(copies, live, FRAMES)
                self.assertEqual(account["capture"]["in"]["frames"], len(FRAMES))

    def test_a_vxlan_device_yields_what_the_host_sent(self):
        self.write()
        copies = self.copies()
        for arguments in [], ["--no-gso"]:
            with self.subTest(arguments):
                live = self.live(*arguments)
                self.net.host.send_frames("m0", *FRAMES)
                account = self.assert_yields(copies, live, FRAMES)
                self.assertEqual(account["capture"]["out"]["frames"], len(FRAMES))

    def test_a_vxlan_device_takes_runs_that_stay_whole_on_the_way(self):
        self.net.host.run("ethtool", "-K", "m1", "tx-udp-segmentation", "on")
        self.addCleanup(self.net.host.run, "ethtool", "-K", "m1", "tx-udp-segmentation", "off")
        self.write()
        copies = self.copies()
        live = self.live()
        self.send(*FRAMES)
        self.assert_yields(copies, live, FRAMES)

    # RFC 6935 allows a checksum of zero, which a device takes where it was told so; the copies of
    # runs have one.
    def test_a_vxlan_device_yields_what_came_by_ipv6(self):
        write_scenario(self.scenario, ipv6_scenario())
        with self.net.ipv6_to_receiver():
            copies = self.arrivals(self.net.receiver, "vx6")
            outer = self.arrivals()
            for arguments in [], ["--no-gso"]:
                with self.subTest(arguments):
                    live = self.live(*arguments)
                    self.send(*FRAMES)
                    self.assert_yields(copies, live, FRAMES)
            packets = [each for each in outer.rest() if each[12:14] == b"\x86\xdd" and
                       each[20] == socket.IPPROTO_UDP]
        self.assertEqual(len(packets), 2 * len(FRAMES))
        self.assertEqual({socket.inet_ntop(socket.AF_INET6, each[22:38]) for each in packets},
                         {IPV6_HOST})

    # RFC 2784: four octets without key or checksum, 0x6558 (transparent Ethernet bridging).
    def test_gre_carries_the_frames(self):
        self.write(encapsulation="gre_ethernet")
        outer = self.arrivals()
        live = self.live()
        self.send(*FRAMES)
        packets = outer.take(len(FRAMES))
        for packet in packets:
            self.assertEqual(packet[12:15] + packet[23:24], b"\x08\x00\x45\x2f")
            self.assertEqual(packet[26:34], socket.inet_aton(HOST) +
                             socket.inet_aton(receiver_address(0)))
            self.assertEqual(packet[34:38], b"\x00\x00\x65\x58")
        self.assertEqual(sorted(packet[38:] for packet in packets), sorted(FRAMES))
        self.end(live)
        self.assertEqual(outer.rest(), [])
        self.tshark_finds_inside(packets)

    def tshark_finds_inside(self, packets):
        if shutil.which("tshark") is None:
            self.skipTest("no tshark")
        path = self.folder / "outer.pcap"
        path.write_bytes(pcap(packets))
        lines = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "ip.proto", "-e",
                                "gre.proto", "-e", "udp.srcport", "-e", "udp.dstport"],
                               check=True, capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(len(lines), len(packets))
        # The run of 512 octets, two with tags, the longest one.
        self.assertEqual(sum(line == "47,17\t0x6558\t9\t1000" for line in lines), 200 + 2 + 1)


def pcap(frames):
    """Microseconds, Ethernet (draft-ietf-opsawg-pcap)."""
    octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for frame in frames:
        octets += struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame
    return octets


# Of an offloading sender: the program's own way with super-frames.
class TcpStreamTest(LiveTest):
    STREAM = bytes(value % 251 for value in range(3 << 20))

    def setUp(self):
        super().setUp()
        for namespace, interface, mtu in ((self.net.generator, "g0", "9000"),
                                          (self.net.host, "m0", "9000"),
                                          (self.net.host, "m1", "1700")):
            namespace.ip("link", "set", interface, "mtu", "1500")
            self.addCleanup(namespace.ip, "link", "set", interface, "mtu", mtu)

    def test_is_recovered_whole_from_a_path_of_its_own_mtu(self):
        self.write(mtu=1500, receiver_mtu=1500)
        copies, outer = self.copies(), self.arrivals()
        live = self.live()
        self.send_stream()
        account = self.end(live)
        frames, packets = copies.rest(), outer.rest()
        self.assertGreater(len(frames), account["mirrors"][0]["mirrored_frames"],
                           "a super-frame becomes several")
        self.assertLessEqual(max(map(len, frames)), 1514)
        self.assertLessEqual(max(map(len, packets)), 1514)
        fragments = [each for each in packets if each[12:14] == b"\x08\x00" and
                     struct.unpack_from("!H", each, 20)[0] & 0x3FFF]
        self.assertEqual(fragments, [])
        self.assertEqual(account["send"]["refused"], {})
        self.assertEqual(account["mirrors"][0]["truncated_frames"], 0)
        self.assertEqual(first_difference(stream_of(frames), self.STREAM), None)

    def send_stream(self):
        with self.net.generator.socket() as listener, self.net.host.socket() as sender:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("10.8.0.1", 5001))
            listener.listen()
            sender.settimeout(LIMIT_S)
            sender.connect(("10.8.0.1", 5001))
            receiver, _ = listener.accept()
            with receiver:
                reader = threading.Thread(target=read_to_the_end, args=[receiver])
                reader.start()
                sender.sendall(self.STREAM)
                sender.shutdown(socket.SHUT_WR)
                reader.join(LIMIT_S)


def first_difference(got, wanted):
    if got == wanted:
        return None
    return next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b),
                min(len(got), len(wanted)))


OLD, NEW = 1000, 2000  # UDP ports that a mirror copies
BAD_SCENARIOS = {"broken": ("{", "the object opened at line 1"),
                 "missing": (None, "there is no such file"),
                 "none": (scenario(encapsulation="none"), 'has encapsulation "none"')}


class ReloadTest(LiveTest):
    def write_port(self, port):
        self.write(filters=[{"Protocol": "UDP", "DstPort": str(port)}])

    @contextlib.contextmanager
    def flowing(self):
        """Numbered frames to either port in turn, while the block runs; then how many."""
        stop, sent = threading.Event(), []
        def flow():
            with self.net.generator.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sender:
                sender.bind(("g0", 0))
                while not stop.is_set():
                    for port in OLD, NEW:
                        sender.send(numbered(len(sent), port=port))
                        sent.append(port)
                    time.sleep(0.0005)
        thread = threading.Thread(target=flow)
        thread.start()
        try:
            yield sent
        finally:
            stop.set()
            thread.join()

    def test_changes_the_filter_from_one_frame_to_the_next(self):
        self.write_port(OLD)
        copies = self.copies()
        live = self.live()
        with self.flowing() as sent:
            before = copies.take(100)
            self.write_port(NEW)
            live.process.send_signal(signal.SIGHUP)
            live.says("the scenario was read again")
            begun = len(sent)
            while len(sent) < begun + 200:
                time.sleep(0.001)
        account = self.end(live)
        got = [number_of(frame) for frame in before + copies.rest()]
        last_old = max(number for number in got if sent[number] == OLD)
        first_new = min(number for number in got if sent[number] == NEW)
        self.assertEqual(sorted(got), [number for number, port in enumerate(sent)
                                       if (number <= last_old if port == OLD
                                           else number >= first_new)])
        # They alternate: old, (new that the old filter rejects, old that the new one rejects), new.
        self.assertIn(first_new - last_old, (1, 3))
        self.assertGreater(len(sent) - last_old, 200)
        mirror = account["mirrors"][0]
        self.assertEqual(mirror["mirrored_frames"], len(got))
        self.assertEqual(mirror["offered_frames"], account["capture"]["frames"])

    # Though the only ENI that is mirrored is another then.
    def test_an_interface_stays_the_eni_that_it_was(self):
        both = scenario()
        both["hosts"]["db"] = {**both["hosts"]["web"], "enis": [{"address": "10.8.0.11"}]}
        write_scenario(self.scenario, both)
        copies = self.copies()
        live = self.live()
        both["mirrors"][0]["CollectorSrcs"] = ["db"]
        write_scenario(self.scenario, both)
        live.process.send_signal(signal.SIGHUP)
        live.says("no mirror of the scenario has web/eni0 as a source")
        self.send(numbered(0))
        account = self.end(live)
        self.assertEqual(copies.rest(), [])
        self.assertEqual(account["eni"], "web/eni0")
        self.assertEqual([each["mirrored_frames"] for each in account["mirrors"]], [0])

    # Each worker takes the new one over by itself, while frames of all flows are on their way.
    def test_read_again_by_several_workers_loses_and_doubles_nothing(self):
        frames = [numbered(i, source_port=1000 + i % 97) for i in range(6000)]
        self.write()
        copies = self.copies()
        live = self.live("--workers", "3")
        reloads = 0
        for first in range(0, len(frames), 200):
            if first % 1000 == 0:
                live.process.send_signal(signal.SIGHUP)
            self.send(*frames[first:first + 200])
            if first % 1000 == 800:
                reloads += 1
                live.says("the scenario was read again", reloads)
        account = self.end(live)
        self.assertEqual(sorted(copies.rest()), sorted(frames))
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], len(frames))
        self.assertEqual(account["capture"]["frames"], len(frames))

    def test_leaves_the_old_one_running_where_the_new_one_is_bad(self):
        self.write_port(OLD)
        copies = self.copies()
        live = self.live()
        for times, (name, (content, why)) in enumerate(BAD_SCENARIOS.items()):
            with self.subTest(name):
                if content is None:
                    self.scenario.unlink()
                else:
                    write_scenario(self.scenario, content)
                said = len(live.lines)
                live.process.send_signal(signal.SIGHUP)
                live.says("as before", times + 1)
                self.assertIn(why, " ".join(live.lines[said:]))
                self.send(numbered(times, port=OLD), numbered(times, port=NEW))
                self.assertEqual(copies.take(1), [numbered(times, port=OLD)])
        account = self.end(live)
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], len(BAD_SCENARIOS))
        self.assertEqual(copies.rest(), [])


class OutputTest(LiveTest):
    """Whoever reads the standard output has no hold on mirroring."""

    def mirrors_reloads_and_ends(self, live, copies):
        live.process.send_signal(signal.SIGHUP)
        live.says("the scenario was read again")
        self.send(numbered(0), numbered(1))
        self.assertEqual(copies.take(2), [numbered(0), numbered(1)])
        status, _ = live.end()
        self.assertEqual(status, 2)
        self.assertIn("the account is here", live.said)
        account = json.loads(live.said[live.said.index("\n{\n") + 1:])
        self.assertEqual(account["send"]["sent"], 2)

    def test_a_reader_that_does_not_read(self):
        self.write()
        copies = self.copies()
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        live = self.live("--stats", "1ms", stdout=writer)
        os.close(writer)
        live.says("the standard output is not read")
        self.mirrors_reloads_and_ends(live, copies)

    def test_a_reader_that_has_gone(self):
        self.write()
        copies = self.copies()
        reader, writer = os.pipe()
        os.close(reader)
        live = self.live("--stats", "1ms", stdout=writer)
        os.close(writer)
        live.says("lines of --stats end here")
        self.mirrors_reloads_and_ends(live, copies)


class SignalsTest(LiveTest):
    BURST = 3000

    # Stopped while they come, it finds all of them and the signal at once.
    def test_sends_what_is_captured_before_it_ends(self):
        self.write()
        copies = self.copies()
        live = self.live()
        live.process.send_signal(signal.SIGSTOP)
        burst = [numbered(i, length=300) for i in range(self.BURST)]
        self.send(*burst)
        live.process.send_signal(signal.SIGTERM)
        live.process.send_signal(signal.SIGCONT)
        status, account = live.ended()
        self.assertEqual(status, 0)
        self.assert_adds_up(account)
        self.assertEqual(account["capture"]["frames"], self.BURST)
        self.assertEqual(account["send"]["sent"], self.BURST)
        self.assertEqual(copies.take(self.BURST), burst)
        self.assertEqual(copies.rest(), [])

    def test_sends_a_burst_that_has_just_passed(self):
        self.write()
        copies = self.copies()
        live = self.live()
        burst = [numbered(i) for i in range(self.BURST)]
        self.send(*burst)
        account = self.end(live)
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], self.BURST)
        self.assertEqual(copies.take(self.BURST), burst)

    def test_ends_by_ctrl_c_the_same(self):
        self.write()
        live = self.live()
        self.send(*FRAMES)
        status, account = live.end(by=signal.SIGINT)
        self.assertEqual(status, 0)
        self.assert_adds_up(account)
        self.assertEqual(account["send"]["sent"], len(FRAMES))

    def test_prints_its_account_and_goes_on(self):
        self.write()
        copies = self.copies()
        live = self.live()
        self.send(*FRAMES)
        self.assertEqual(len(copies.take(len(FRAMES))), len(FRAMES))
        report = live.reports(f"{len(FRAMES)} packets")
        self.assertIn("Mirrored web/eni0", report)
        self.send(numbered(1))
        self.assertEqual(copies.take(1), [numbered(1)])
        self.assertEqual(self.end(live)["send"]["sent"], len(FRAMES) + 1)


# Each is counted by its errno, told, and gone on after.
class TroubleTest(LiveTest):
    def setUp(self):
        super().setUp()
        self.write()
        self.received = self.copies()

    def passes(self, frame):
        """Once the way is free again: until then frames may be lost."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            self.send(frame)
            if self.received.next(limit_s=0.2) is not None:
                return
        self.fail("nothing passes any more")

    def assert_told(self, live, count, text):
        """The first at once, the others together."""
        lines = [line for line in live.lines if text in line]
        told = [int(line.split()[1]) for line in lines]
        self.assertEqual(sum(told), count, live.said)
        self.assertLess(len(lines), count)

    def test_a_prohibited_way(self):
        live = self.live()
        for kind, error, words in (("prohibit", "EACCES", "Permission denied"),
                                   ("unreachable", "EHOSTUNREACH", "No route to host")):
            with self.subTest(kind):
                route = kind, receiver_address(0) + "/32"
                self.net.host.ip("route", "add", *route)
                try:
                    self.send(*[numbered(i) for i in range(50)])
                    live.says(words)
                finally:
                    self.net.host.ip("route", "delete", *route)
                self.passes(numbered(1))
        account = self.end(live)
        refused = account["send"]["refused"]
        self.assertEqual(sorted(refused), ["EACCES", "EHOSTUNREACH"])
        self.assert_told(live, refused["EACCES"], "Permission denied")
        self.assert_told(live, refused["EHOSTUNREACH"], "No route to host")

    def test_no_way_at_all(self):
        live = self.live()
        self.net.host.ip("route", "delete", "10.9.0.0/24", "dev", "m1")
        try:
            self.send(*[numbered(i) for i in range(50)])
            live.says("Network is unreachable")
        finally:
            self.net.host.ip("route", "add", "10.9.0.0/24", "dev", "m1", "src", "10.9.0.1")
        self.passes(numbered(1))
        refused = self.end(live)["send"]["refused"]
        self.assertEqual(list(refused), ["ENETUNREACH"])
        self.assert_told(live, refused["ENETUNREACH"], "Network is unreachable")

    def test_a_closed_port(self):
        live = self.live()
        self.net.receiver.ip("link", "set", "vx0", "down")
        try:
            self.keep_sending([numbered(0)], until=lambda: "Connection refused" in live.said)
        finally:
            self.net.receiver.ip("link", "set", "vx0", "up")
        self.passes(numbered(1))
        account = self.end(live)
        (receiver,) = account["send"]["receivers"]
        self.assertEqual(list(receiver["reported"]), ["ECONNREFUSED"])
        self.assertEqual(account["send"]["refused"], {})

    def test_a_shorter_mtu(self):
        live = self.live()
        self.send(numbered(0, length=1400))
        self.assertEqual(self.received.take(1), [numbered(0, length=1400)])
        self.net.host.ip("link", "set", "m1", "mtu", "1000")
        try:
            self.send(*[numbered(i, length=1400) for i in range(20)], numbered(77, length=900))
            live.says("Message too long")
            self.assertEqual(self.received.take(1), [numbered(77, length=900)])
        finally:
            self.net.host.ip("link", "set", "m1", "mtu", "1700")
        self.send(numbered(1, length=1400))
        self.assertEqual(self.received.take(1), [numbered(1, length=1400)])
        account = self.end(live)
        self.assertEqual(account["send"]["refused"], {"EMSGSIZE": 20})
        self.assertEqual(account["send"]["sent"], 3)
        self.assert_told(live, 20, "Message too long")

    def test_an_interface_that_goes_and_comes_back(self):
        manager = ServiceManager(self.folder)
        self.addCleanup(manager.close)
        live = self.live(manager=manager)
        self.send(numbered(0))
        self.assertEqual(self.received.take(1), [numbered(0)])
        self.net.host.ip("link", "delete", "m0")
        live.says("interface m0 is gone")
        manager.is_told("STATUS=mirroring m0; no frames of m0")
        namespaces.join(self.net.generator, "g0", self.net.host, "m0")
        self.net.settle_interface()
        live.says("interface m0 is up")
        manager.is_told("STATUS=mirroring m0")
        self.passes(numbered(1))
        self.end(live)




class OwnCopiesTest(LiveTest):
    ADDRESS = "10.9.0.77"
    MOST = 100

    def setUp(self):
        super().setUp()
        self.net.host.ip("address", "add", self.ADDRESS + "/24", "dev", "m1")
        self.addCleanup(self.net.host.ip, "address", "delete", self.ADDRESS + "/24", "dev", "m1")
        self.net.receiver.ip("neighbour", "add", self.ADDRESS, "lladdr",
                             link_address(self.net.host, "m1"), "dev", "r0", "nud", "permanent")
        self.addCleanup(self.net.receiver.ip, "neighbour", "delete", self.ADDRESS, "dev", "r0")

    # They leave by the interface that is mirrored, among the receiver's other traffic.
    def test_are_never_copied_again(self):
        self.write(source=self.ADDRESS, subnet="tools0")
        copies, outer = self.copies(), self.arrivals()
        live = self.live(interfaces=("m1",))
        here, there = (self.bound(self.net.host, self.ADDRESS),
                       self.bound(self.net.receiver, receiver_address(0)))
        for number in range(self.MOST):
            here.sendto(b"to %d" % number, (receiver_address(0), 9999))
            there.sendto(b"from %d" % number, (self.ADDRESS, 9999))
        got = copies.take(2 * self.MOST)
        account = self.end(live)
        self.assertEqual(sorted(frame[42:] for frame in got),
                         sorted([b"to %d" % i for i in range(self.MOST)] +
                                [b"from %d" % i for i in range(self.MOST)]))
        self.assertEqual(copies.rest(), [])
        self.assertEqual(sum(port_of(packet) == 4789 for packet in outer.rest()), 2 * self.MOST)
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], 2 * self.MOST)

    def bound(self, namespace, address):
        endpoint = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(endpoint.close)
        endpoint.bind((address, 9999))
        return endpoint


class ReceiversTest(LiveTest):
    FLOWS = range(5000, 5060)  # UDP source ports

    def test_flows_of_one_that_vanishes_move_until_it_is_back(self):
        self.write(receivers=3)
        arrivals = [self.copies(number) for number in range(3)]
        live = self.live("--probe", "50 ms")
        before = self.taken_by(arrivals)
        self.assertEqual(set(before.values()), {0, 1, 2})
        vanishing = self.net.receivers[1]
        address = receiver_address(1) + "/24", "dev", "r0"
        vanishing.ip("address", "delete", *address)
        try:
            live.reports("10.9.1.2 is out of reach")
            live.says("receiver 10.9.1.2 is out of reach")
            meanwhile = self.taken_by(arrivals)
        finally:
            vanishing.ip("address", "add", *address)
            vanishing.ip("route", "replace", "default", "via", "10.9.1.1")
        for flow, receiver in before.items():
            if receiver == 1:
                self.assertIn(meanwhile[flow], (0, 2))
            else:
                self.assertEqual(meanwhile[flow], receiver)
        moved = [flow for flow, receiver in before.items() if receiver == 1]
        self.assertEqual({meanwhile[flow] for flow in moved}, {0, 2}, "spread over both")
        live.reports_no_more("is out of reach")
        live.says("receiver 10.9.1.2 is tried again")
        self.assertEqual(self.taken_by(arrivals), before)
        account = self.end(live)
        by_receiver = account["mirrors"][0]["by_receiver"]
        self.assertEqual([each["moved_frames"] for each in by_receiver], [0, len(moved), 0])
        self.assertTrue(all(each["up"] for each in account["send"]["receivers"]))

    def test_a_closed_port_moves_flows_for_a_while(self):
        self.write(receivers=3)
        arrivals = [self.copies(number) for number in range(3)]
        live = self.live()
        before = self.taken_by(arrivals)
        self.net.receivers[1].ip("link", "set", "vx0", "down")
        try:
            lost = [flow for flow, receiver in before.items() if receiver == 1]
            # What the network reports of a flow is read with its next copy.
            self.keep_sending([numbered(0, source_port=flow) for flow in lost],
                              until=lambda: "receiver 10.9.1.2 is out of reach" in live.said)
            for each in arrivals:
                each.rest()
            meanwhile = self.taken_by(arrivals)
        finally:
            self.net.receivers[1].ip("link", "set", "vx0", "up")
        self.assertEqual({flow for flow in before if before[flow] != meanwhile[flow]}, set(lost))
        live.reports_no_more("is out of reach")
        self.assertEqual(self.taken_by(arrivals), before)
        self.end(live)

    # Nothing is sent any more that would bring the network's reports to light.
    def test_a_closed_port_is_noticed_of_silent_flows_and_remembered(self):
        self.write(receivers=3)
        self.net.receivers[1].ip("link", "set", "vx0", "down")
        try:
            live = self.live()
            self.send(*[numbered(0, source_port=flow) for flow in self.FLOWS])
            live.says("receiver 10.9.1.2 is out of reach")
            live.process.send_signal(signal.SIGHUP)
            live.says("the scenario was read again")
            live.reports("10.9.1.2 is out of reach")
        finally:
            self.net.receivers[1].ip("link", "set", "vx0", "up")
        live.reports_no_more("is out of reach")
        self.end(live)

    def taken_by(self, arrivals):
        """Of each flow the receiver that gets it."""
        self.send(*[numbered(0, source_port=flow) for flow in self.FLOWS])
        taken = {}
        deadline = time.monotonic() + LIMIT_S
        while len(taken) < len(self.FLOWS) and time.monotonic() < deadline:
            for number, each in enumerate(arrivals):
                while (frame := each.next(limit_s=0.01)) is not None:
                    flow = struct.unpack_from("!H", frame, 34)[0]
                    self.assertNotIn(flow, taken, "each once")
                    taken[flow] = number
        self.assertEqual(sorted(taken), list(self.FLOWS))
        return taken


class FilesTest(LiveTest):
    # Written by one program while another sends them. A UDP socket's copies differ in what the
    # kernel writes: the identification and, for it, the header's checksum.
    def test_hold_what_is_sent(self):
        for encapsulation, name in ("vxlan", "copies.pcap"), ("gre_ethernet", "copies.pcapng"):
            with self.subTest(name):
                self.write(encapsulation=encapsulation)
                path = self.folder / name
                outer = self.arrivals()
                writer = self.live(output=("--write", path))
                sender = self.live("--no-gso")
                self.send(*FRAMES)
                sent = [packet[14:] for packet in outer.take(len(FRAMES))]
                self.end(sender)
                status, account = writer.end()
                self.assertEqual(status, 0, writer.said)
                self.assertEqual(account["send"]["sent"], len(FRAMES))
                written = [frame[14:] for frame in frames_of(path)]
                if encapsulation == "vxlan":
                    sent, written = ([without_identification(packet) for packet in packets]
                                     for packets in (sent, written))
                self.assertEqual(sorted(written), sorted(sent))

    def test_are_whole_or_not_there_when_the_disk_is_full(self):
        self.write()
        disk = self.folder / "disk"
        disk.mkdir()
        script = ('mount -t tmpfs -o size=64k none "$0" || exit 9; "$@"; status=$?; '
                  'ls -A "$0"; exit $status')
        command = self.command("--interface", "m0", "--write", disk / "copies.pcap")
        at = command.index(PROGRAM)
        live = Live([*command[:at], "sh", "-c", script, str(disk), *command[at:]])
        self.addCleanup(live.kill)
        live.says("mirroring ")
        self.send(*[numbered(i, length=1400) for i in range(1000)])
        live.says("No space left on device")
        status, _ = live.ended()
        self.assertEqual(status, 2, live.said)
        self.assertEqual(live.out, "", "nothing is left on the disk")
        self.assertIn(str(disk / "copies.pcap"), live.said)


def without_identification(packet):
    return packet[:4] + packet[6:10] + packet[12:]


def frames_of(path):
    octets = path.read_bytes()
    return pcapng_frames(octets) if path.suffix == ".pcapng" else pcap_frames(octets)


def pcap_frames(octets):
    at, frames = 24, []
    while at < len(octets):
        (length,) = struct.unpack_from("<I", octets, at + 8)
        frames.append(octets[at + 16:at + 16 + length])
        at += 16 + length
    return frames


def pcapng_frames(octets):
    """Of its enhanced packet blocks (draft-ietf-opsawg-pcapng, 4.3)."""
    at, frames = 0, []
    while at < len(octets):
        kind, total = struct.unpack_from("<II", octets, at)
        if kind == 6:
            (length,) = struct.unpack_from("<I", octets, at + 20)
            frames.append(octets[at + 28:at + 28 + length])
        at += total
    return frames


class BoundsTest(LiveTest):
    FLOWS = range(100, 120)

    # 600 copies of more than 1000 bytes are more than the 128 KiB that are sent at once; at a byte
    # a millisecond hardly another one is.
    def test_what_a_rate_sheds_is_counted_by_receiver(self):
        self.write(receivers=2)
        live = self.live("--max-rate", "8 kbps")
        self.send(*[numbered(i, source_port=flow, length=1000) for i in range(30)
                    for flow in self.FLOWS])
        account = self.end(live)
        sent = {each["address"]: each["sent"] for each in account["send"]["receivers"]}
        receivers = account["mirrors"][0]["by_receiver"]
        self.assertEqual(len(receivers), 2)
        for each in receivers:
            self.assertGreater(shed(each), 0)
            self.assertEqual(each["wire_datagrams"],
                             sent.get(each["address"], 0) + shed(each))
        self.assertEqual(sum(each["shed"]["rate"]["bytes"] for each in receivers),
                         account["send"]["shed"]["rate"]["bytes"])


class StartTest(LiveTest):
    # One that does not fit into the kernel's 32 bits.
    def test_a_snapshot_length_of_more_than_any_frame_is_all_of_it(self):
        self.write()
        copies = self.copies()
        live = self.live("--snaplen", "4 GiB")
        self.send(*FRAMES)
        self.end(live)
        self.assertEqual(sorted(copies.rest()), sorted(FRAMES))

    def refusal(self, *arguments, by=()):
        command = self.command(*arguments)
        at = command.index(PROGRAM)
        done = subprocess.run([*command[:at], *by, *command[at:]], capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_says_which_interface_there_is_not(self):
        self.write()
        self.assertIn("interface m7: there is none of this name",
                      self.refusal("--interface", "m7", "--send"))

    def test_says_what_an_unprivileged_user_lacks(self):
        self.write()
        nobody = "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"
        for path in PROGRAM, ROOT / "scenarios/schema":
            if subprocess.run([*nobody, "test", "-r", path]).returncode != 0:
                self.skipTest(f"nobody but root reads {path}")
        said = self.refusal("--interface", "m0", "--send", by=nobody)
        self.assertIn("needs the capability CAP_NET_RAW", said)
        self.assertIn("sudo setcap cap_net_raw+ep", said)

    def test_refuses_to_send_copies_without_outer_headers(self):
        self.write(encapsulation="none")
        said = self.refusal("--interface", "m0", "--send")
        self.assertIn('has encapsulation "none"', said)
        self.assertIn("neither --send nor --write", said)

    def test_mirrors_two_interfaces_as_two_enis(self):
        both = scenario()
        both["hosts"]["db"] = {**both["hosts"]["web"], "enis": [{"address": "10.8.0.11"}]}
        both["mirrors"][0]["CollectorSrcs"] = ["web", "db"]
        write_scenario(self.scenario, both)
        copies = self.copies()
        live = self.live("--eni", "web", "--eni", "db", interfaces=("m0", "m2"))
        web = [numbered(i) for i in range(30)]
        mac = bytes.fromhex(link_address(self.net.host, "m2").replace(":", ""))
        db = [mac + numbered(100 + i)[6:] for i in range(20)]
        self.send(*web)
        self.net.receivers[1].send_frames("r0", *db)
        self.assertEqual(sorted(copies.take(50)), sorted(web + db))
        status, accounts = live.end()
        self.assertEqual(status, 0)
        self.assertEqual([(each["eni"], each["mirrors"][0]["mirrored_frames"])
                          for each in accounts], [("web/eni0", 30), ("db/eni0", 20)])
        self.assertEqual([each["capture"]["frames"] for each in accounts], [30, 20])
        self.assertEqual(accounts[0]["send"]["sent"], 50)  # of both
        self.assertIsNone(accounts[1]["send"])

    # As a mirror port has them: addresses tell whose they are, not the MAC of this host.
    def test_frames_between_others_where_they_are_asked_for(self):
        self.write()
        copies = self.copies()
        other = bytes.fromhex("020000000099")
        to_eni = other + udp_like(17, 53, destination=HOST)[6:]
        from_eni = other + udp_like(17, 53, source=HOST, destination="10.8.0.99")[6:]
        of_others = other + udp_like(17, 53, destination="10.8.0.99")[6:]
        live = self.live("--promiscuous")
        self.send(of_others, to_eni, from_eni)
        account = self.end(live)
        self.assertEqual(copies.rest(), [to_eni, from_eni])
        self.assertEqual([account["capture"][each]["frames"] for each in ("in", "out", "others")],
                         [1, 1, 1])

    def test_workers_share_flows_and_keep_their_order(self):
        self.write()
        copies = self.copies()
        live = self.live("--workers", 2)
        frames = [numbered(i, source_port=3000 + i % 40) for i in range(2000)]
        self.send(*frames)
        got = copies.take(len(frames))
        for flow in range(3000, 3040):
            numbers = [number_of(frame) for frame in got if frame[34:36] == struct.pack("!H", flow)]
            self.assertEqual(numbers, list(range(flow - 3000, 2000, 40)))
        account = self.end(live)
        self.assertEqual(account["mirrors"][0]["mirrored_frames"], len(frames))
        self.assertEqual(copies.rest(), [])

    def test_copies_soon_after_it_starts(self):
        self.write()
        copies = self.copies()
        stop = threading.Event()
        def flow():
            while not stop.is_set():
                self.send(numbered(0))
        sender = threading.Thread(target=flow)
        sender.start()
        self.addCleanup(sender.join)
        self.addCleanup(stop.set)
        live = Live(self.command("--interface", "m0", "--send"))
        self.addCleanup(live.kill)
        self.assertIsNotNone(copies.next(), live.said)
        print(f"start to first copy: {1000 * (time.monotonic() - live.began):.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    options, rest = parser.parse_known_args()
    PROGRAM = options.program
    namespaces.require()
    unittest.main(argv=["live_command_test.py", *rest])
