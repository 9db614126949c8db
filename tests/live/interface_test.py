"""What InterfaceSource gives of real interfaces: frames as they were on the wire.

The frames are written out here and sent by a packet socket, or by the kernel's own TCP. Usage:
interface_test.py --program PRINT_FRAMES
"""

import argparse
import contextlib
import json
import pathlib
import queue
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest
from typing import NamedTuple

import namespaces
from frames import (DESTINATION, SOURCE, ethernet, ipv4, is_tcp, read_to_the_end, stream_of,
                    tcp_sum, udp_like)

LIMIT_S = 30  # for what takes milliseconds, on a machine that is busy
RECEIVER = "10.0.0.3"
MARK = 0x7670636D
BROADCAST = b"\xff" * 6


class Frame(NamedTuple):
    interface: int
    direction: str
    wire: int
    octets: bytes


class Capture:
    """print_frames in a namespace, and what it has printed."""

    def __init__(self, namespace, *arguments):
        self.process = subprocess.Popen(namespace.command(PROGRAM, *arguments),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.workers = []  # of each frame
        threading.Thread(target=self._read, daemon=True).start()
        self.expect("ready")

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.split())
        self.lines.put(["end"])

    def expect(self, word):
        words = self.lines.get(timeout=LIMIT_S)
        assert words[0] == word, f"{word} expected, got {words}: {self._errors(words)}"
        return words

    def _errors(self, words):
        return self.process.stderr.read() if words == ["end"] else ""

    def frame(self):
        _, worker, interface, direction, wire, octets = self.expect("frame")
        value = [each.split("=")[1] for each in (worker, interface, direction, wire)]
        self.workers.append(int(value[0]))
        return Frame(int(value[1]), value[2], int(value[3]), bytes.fromhex(octets))

    def frames_until(self, last):
        """Frames up to one with these octets, without it."""
        frames = []
        while (frame := self.frame()).octets != last:
            frames.append(frame)
        return frames

    def cpu_ticks(self):
        """Of its threads, in hundredths of a second."""
        (child,) = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().splitlines()
        return sum(map(int, child.rsplit(")", 1)[1].split()[11:13]))

    def stop(self):
        """Ends it; what it counted."""
        self.process.terminate()
        counters = self.counters()
        self.process.wait(LIMIT_S)
        return counters

    def counters(self):
        """The next that it prints, whatever comes before."""
        while (words := self.lines.get(timeout=LIMIT_S))[0] != "counters":
            assert words != ["end"], self.process.stderr.read()
        return {name: int(value) for name, value in (word.split("=") for word in words[1:])}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def fragment(last_octet, is_first):
    """Of a UDP datagram from 10.8.0.<last_octet>, 48 octets in two."""
    payload = struct.pack("!HHHH", 9, 9, 48, 0) + bytes(16) if is_first else bytes(24)
    return ipv4(payload, 17, f"10.8.0.{last_octet}", "10.8.0.200", 0x2000 if is_first else 3)


LAST = ethernet(b"that was all".ljust(46, b"\x00"))


class InterfaceTest(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.far, self.here = stack.enter_context(namespaces.namespaces(2))
        namespaces.join(self.far, "g0", self.here, "m0")
        self.here.ip("link", "set", "m0", "address", DESTINATION.hex(":"))
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))

    def capture(self, *arguments):
        capture = Capture(self.here, *arguments)
        self.addCleanup(capture.__exit__)
        return capture

    def given(self, *frames):
        """What comes of frames that arrive."""
        capture = self.capture("m0")
        self.far.send_frames("g0", *frames, LAST)
        return capture.frames_until(LAST)

    def test_gives_a_frame_as_it_is(self):
        frame = ethernet(bytes(range(200)))
        self.assertEqual(self.given(frame), [Frame(0, "INGRESS", 214, frame)])

    # The kernel takes the outermost tag out of what arrives.
    def test_puts_vlan_tags_back(self):
        for tags in ([(0x8100, 7)], [(0x88A8, 3)], [(0x88A8, 3), (0x8100, 0x2FFF)]):
            with self.subTest(tags=tags):
                frame = ethernet(bytes(range(100)), tags=tags)
                self.assertEqual(self.given(frame), [Frame(0, "INGRESS", len(frame), frame)])

    def test_tells_the_direction(self):
        capture = self.capture("m0")
        sent = ethernet(b"sent".ljust(46, b"."))
        group = ethernet(b"to all".ljust(46, b"."), to=BROADCAST)
        self.here.send_frames("m0", sent)
        self.assertEqual(capture.frame(), Frame(0, "EGRESS", 60, sent))
        self.far.send_frames("g0", group)
        self.assertEqual(capture.frame(), Frame(0, "INGRESS", 60, group))

    # The device is not promiscuous, but a veth takes in all there is.
    def test_leaves_the_direction_of_others_frames_open(self):
        frame = ethernet(to=bytes.fromhex("020000000009"))
        self.assertEqual(self.given(frame), [Frame(0, "-", 60, frame)])

    def test_counts_what_it_gave(self):
        capture = self.capture("m0")
        self.far.send_frames("g0", ethernet(), ethernet(bytes(1000)), LAST)
        capture.frames_until(LAST)
        self.assertEqual(capture.stop(), {"frames": 3, "bytes": 60 + 1014 + 60, "cut_short": 0,
                                          "kernel_dropped": 0, "unusable": 0})

    def test_gives_a_tcp_streams_super_frames_whole(self):
        self.far.ip("address", "add", "10.8.0.1/24", "dev", "g0")
        self.here.ip("address", "add", "10.8.0.2/24", "dev", "m0")
        stream = bytes(value % 251 for value in range(1 << 20))
        capture = self.capture("m0")
        self.send_stream(stream)
        self.far.send_frames("g0", LAST)
        frames = capture.frames_until(LAST)
        self.assertEqual(stream_of([frame.octets for frame in frames]), stream)
        self.assertGreater(max(frame.wire for frame in frames), 1514)
        for frame in frames:
            if is_tcp(frame.octets) and frame.wire <= 1514:
                self.assertEqual(tcp_sum(frame.octets), 0xFFFF, frame.octets.hex())
        self.assertEqual(capture.stop()["kernel_dropped"], 0)

    def test_cuts_frames_where_it_is_told(self):
        capture = self.capture("--snap", 160, "m0")
        frame = ethernet(bytes(range(200)), tags=[(0x8100, 7)])
        self.far.send_frames("g0", frame, LAST)
        # The tag is put back into 160 octets without it.
        self.assertEqual(capture.frame(), Frame(0, "INGRESS", 218, frame[:164]))
        capture.frame()
        self.assertEqual(capture.stop()["cut_short"], 1)

    def test_captures_several_interfaces(self):
        namespaces.join(self.far, "g1", self.here, "m1")
        capture = self.capture("m0", "m1")
        self.far.send_frames("g1", ethernet(to=BROADCAST))
        self.assertEqual(capture.frame().interface, 1)
        self.far.send_frames("g0", ethernet(to=BROADCAST))
        self.assertEqual(capture.frame().interface, 0)

    def test_captures_all_interfaces(self):
        capture = self.capture("any")
        namespaces.join(self.far, "g1", self.here, "m1")  # which comes later
        for interface in "g0", "g1":
            frame = ethernet(interface.encode().ljust(46, b"."), to=BROADCAST)
            self.far.send_frames(interface, frame)
            self.assertEqual(capture.frame(), Frame(0, "INGRESS", 60, frame))

    # A tun device has no link: IP packets alone come and go.
    def test_gives_packets_without_a_link_an_ethernet_header(self):
        packet = bytes.fromhex("4500001c000040004011") + b"\x00\x00" + bytes(
            [10, 7, 0, 1, 10, 7, 0, 2]) + struct.pack("!HHHH", 9, 9, 8, 0)
        for arguments in ["t0"], ["any"]:
            with self.here.tun("t0") as tun, self.subTest(arguments=arguments):
                capture = self.capture(*arguments)
                tun.write(packet)
                self.assertEqual(capture.frame(), Frame(0, "INGRESS", 42,
                                                        bytes(12) + b"\x08\x00" + packet))
                capture.stop()

    def test_follows_an_interface_that_goes_and_comes_back(self):
        capture = self.capture("m0")
        self.here.ip("link", "set", "m0", "down")
        self.assertEqual(capture.expect("link")[1:], ["m0", "down"])
        self.here.ip("link", "set", "m0", "up")
        self.assertEqual(capture.expect("link")[1:], ["m0", "up"])
        self.arrives(capture, ethernet(b"once".ljust(46, b".")))
        before = capture.cpu_ticks()
        self.here.ip("link", "delete", "m0")
        while (words := capture.expect("link")[1:]) == ["m0", "down"]:
            pass  # which it may be on its way
        self.assertEqual(words, ["m0", "gone"])
        namespaces.join(self.far, "g0", self.here, "m0")
        self.here.ip("link", "set", "m0", "address", DESTINATION.hex(":"))
        while (words := capture.expect("link")[1:]) == ["m0", "down"]:
            pass  # before it is set up
        self.assertEqual(words, ["m0", "up"])
        self.arrives(capture, ethernet(b"again".ljust(46, b".")))
        self.assertLess(capture.cpu_ticks() - before, 100, "it must not spin while it waits")
        self.assertEqual(capture.stop()["frames"], 2)

    def arrives(self, capture, frame):
        self.far.send_frames("g0", frame)
        self.assertEqual(capture.frame().octets, frame)

    def test_lets_pass_what_a_mirror_copies(self):
        capture = self.capture("--scenario", self.scenario(https_alone=True), "m0")
        https, http = udp_like(6, 443), udp_like(6, 80)
        self.far.send_frames("g0", http, https, ethernet(), http, https)
        self.assertEqual(capture.frame().octets, https)
        self.assertEqual(capture.frame().octets, https)
        capture.process.send_signal(signal.SIGUSR1)
        self.assertEqual(capture.expect("counters")[1], "frames=2")

    def test_changes_the_filter_while_it_captures(self):
        scenario = self.scenario(https_alone=True)
        capture = self.capture("--scenario", scenario, "m0")
        self.scenario(https_alone=False)
        capture.process.send_signal(signal.SIGHUP)
        capture.expect("reloaded")
        self.arrives(capture, udp_like(6, 80))

    # By the sockets' mark whatever they send, by the receiver's mirror port whoever sends it,
    # and nothing else that goes to or comes from the receiver.
    def test_never_captures_its_own_copies(self):
        self.far.ip("address", "add", RECEIVER + "/24", "dev", "g0")
        self.here.ip("address", "add", "10.0.0.200/24", "dev", "m0")
        self.here.ip("neighbour", "add", RECEIVER, "lladdr", SOURCE.hex(":"), "dev", "m0",
                     "nud", "permanent")
        capture = self.capture("--scenario", self.scenario(https_alone=False), "--mark", MARK,
                               "m0")
        self.send_datagram(b"a copy, by its port", 4789)
        self.send_datagram(b"a copy, by its mark", 5000, mark=MARK)
        self.send_datagram(b"no copy: another mark", 5000, mark=MARK + 1)
        self.send_datagram(b"no copy: another port", 4790)
        self.far.send_frames("g0", udp_like(17, 4789, source=RECEIVER, destination="10.0.0.200"))
        self.assertTrue(capture.frame().octets.endswith(b"no copy: another mark"))
        self.assertTrue(capture.frame().octets.endswith(b"no copy: another port"))
        self.assertEqual(capture.frame().direction, "INGRESS")

    def send_datagram(self, payload, port, mark=0):
        with self.here.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.SOL_SOCKET, namespaces.SO_MARK, mark)
            sender.sendto(payload, (RECEIVER, port))

    def scenario(self, https_alone):
        rules = [{"Protocol": "TCP", "DstPort": "443"}] if https_alone else []
        path = self.folder / "scenario.json"
        path.write_text(json.dumps({
            "provider": "tencent",
            "hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}},
                      "ids": {"limits": {"bandwidth": "1 Gbps"}, "enis": [{"address": RECEIVER}]}},
            "mirrors": [{"CollectorSrcs": ["web"], "CollectorNormalFilters": rules,
                         "CollectorTarget": {"TargetIps": ["ids"]}}]}))
        return path

    # The kernel's hash is the same for both directions of a flow, and for all of its frames.
    def test_keeps_the_frames_of_a_flow_with_one_worker(self):
        capture = self.capture("--workers", 2, "m0")
        there = [udp_like(17, port) for port in range(1000, 1064)]
        back = [udp_like(17, 9, source_port=port, source="10.8.0.2", destination="10.8.0.1")
                for port in range(1000, 1064)]
        self.far.send_frames("g0", *there, *back, *there)
        taken = {}
        for _ in range(3 * 64):
            frame = capture.frame()
            by_port = max(struct.unpack_from("!HH", frame.octets, 34))
            taken.setdefault(by_port, []).append(capture.workers[-1])
        self.assertEqual({len(workers) for workers in taken.values()}, {3}, "each frame once")
        self.assertEqual({len(set(workers)) for workers in taken.values()}, {1})
        self.assertEqual({workers[0] for workers in taken.values()}, {0, 1}, "both have some")
        self.assertEqual(capture.stop()["frames"], 3 * 64)

    def test_keeps_fragments_of_a_datagram_with_one_worker(self):
        capture = self.capture("--workers", 2, "m0")
        for last in range(1, 33):
            fragments = [fragment(last, first) for first in (True, False)]
            self.far.send_frames("g0", *fragments)
            for sent in fragments:
                self.assertEqual(capture.frame().octets, sent, "as it was on the wire")
            self.assertEqual(capture.workers[-1], capture.workers[-2], last)
        self.assertEqual(set(capture.workers), {0, 1})

    def test_shares_frames_of_an_interface_that_comes_back(self):
        capture = self.capture("--workers", 2, "m0")
        self.here.ip("link", "set", "m0", "down")
        for _ in range(2):
            self.assertEqual(capture.expect("link")[1:], ["m0", "down"])
        self.here.ip("link", "set", "m0", "up")
        for _ in range(2):
            self.assertEqual(capture.expect("link")[1:], ["m0", "up"])
        frames = [udp_like(17, port) for port in range(1000, 1064)]
        self.far.send_frames("g0", *frames)
        self.assertEqual(sorted(capture.frame().octets for _ in frames), frames)
        self.assertEqual(set(capture.workers), {0, 1})

    # More than its ring holds while it does not read.
    def test_counts_what_the_kernel_drops(self):
        capture = self.capture("--buffer", 4 << 20, "m0")
        capture.process.send_signal(signal.SIGSTOP)
        frame = ethernet(bytes(60000))
        self.here.ip("link", "set", "m0", "mtu", "65535")
        self.far.ip("link", "set", "g0", "mtu", "65535")
        self.far.send_frames("g0", *[frame] * 200)
        capture.process.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + LIMIT_S
        counted = {"frames": 0, "kernel_dropped": 0}
        while counted["frames"] + counted["kernel_dropped"] != 200:
            self.assertLess(time.monotonic(), deadline, counted)
            capture.process.send_signal(signal.SIGUSR1)
            counted = capture.counters()
        self.assertGreater(counted["kernel_dropped"], 100)

    def test_says_which_interface_there_is_not(self):
        done = subprocess.run(self.here.command(PROGRAM, "m7"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("interface m7: there is none of this name", done.stderr)

    def test_says_which_capability_is_missing(self):
        done = subprocess.run(
            self.here.command("setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw",
                              PROGRAM, "m0"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("needs the capability CAP_NET_RAW", done.stderr)
        self.assertIn("sudo setcap cap_net_raw+ep", done.stderr)

    def send_stream(self, stream):
        with self.far.socket() as listener, self.here.socket() as sender:
            listener.bind(("10.8.0.1", 5001))
            listener.listen()
            sender.settimeout(LIMIT_S)
            sender.connect(("10.8.0.1", 5001))
            receiver, _ = listener.accept()
            with receiver:
                reader = threading.Thread(target=read_to_the_end, args=[receiver])
                reader.start()
                sender.sendall(stream)
                sender.shutdown(socket.SHUT_WR)
                reader.join(LIMIT_S)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    options, rest = parser.parse_known_args()
    PROGRAM = options.program
    namespaces.require()
    unittest.main(argv=["interface_test.py", *rest])
