"""What InterfaceSource gives of real interfaces: frames as they were on the wire.

The frames are written out here and sent by a packet socket, or by the kernel's own TCP. Usage:
interface_test.py --program PRINT_FRAMES
"""

import argparse
import contextlib
import queue
import socket
import struct
import subprocess
import threading
import unittest
from typing import NamedTuple

import namespaces

LIMIT_S = 30  # for what takes milliseconds, on a machine that is busy
SOURCE, DESTINATION = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
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
        _, interface, direction, wire, octets = self.expect("frame")
        value = [each.split("=")[1] for each in (interface, direction, wire)]
        return Frame(int(value[0]), value[1], int(value[2]), bytes.fromhex(octets))

    def frames_until(self, last):
        """Frames up to one with these octets, without it."""
        frames = []
        while (frame := self.frame()).octets != last:
            frames.append(frame)
        return frames

    def stop(self):
        """Ends it; what it counted."""
        self.process.terminate()
        while (words := self.lines.get(timeout=LIMIT_S))[0] != "counters":
            assert words != ["end"], self.process.stderr.read()
        self.process.wait(LIMIT_S)
        return {name: int(value) for name, value in (word.split("=") for word in words[1:])}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def ethernet(payload=b"\x00" * 46, *, to=DESTINATION, ether_type=0x88B5, tags=()):
    """0x88B5: for experiments (IEEE 802). A tag is its protocol and the number of the VLAN."""
    header = to + SOURCE
    for protocol, vlan in tags:
        header += struct.pack("!HH", protocol, vlan)
    return header + struct.pack("!H", ether_type) + payload


LAST = ethernet(b"that was all".ljust(46, b"\x00"))


class InterfaceTest(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.far, self.here = stack.enter_context(namespaces.namespaces(2))
        namespaces.join(self.far, "g0", self.here, "m0")
        self.here.ip("link", "set", "m0", "address", DESTINATION.hex(":"))

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
        self.assertEqual(stream_of(frames), stream)
        self.assertGreater(max(frame.wire for frame in frames), 1514)
        for frame in frames:
            if is_tcp(frame) and frame.wire <= 1514:
                self.assertEqual(tcp_sum(frame.octets), 0xFFFF, frame.octets.hex())
        self.assertEqual(capture.stop()["kernel_dropped"], 0)

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


def read_to_the_end(connection):
    while connection.recv(1 << 16):
        pass


def is_tcp(frame):
    return frame.octets[12:14] == b"\x08\x00" and frame.octets[23] == 6


def stream_of(frames):
    """What TCP segments to port 5001 carried, put together by their sequence numbers."""
    pieces = {}
    for frame in frames:
        if not is_tcp(frame) or frame.octets[36:38] != struct.pack("!H", 5001):
            continue
        (sequence,) = struct.unpack_from("!I", frame.octets, 38)
        (total,) = struct.unpack_from("!H", frame.octets, 16)
        end = 14 + total if total else len(frame.octets)
        payload = frame.octets[34 + 4 * (frame.octets[46] >> 4):end]
        if frame.octets[47] & 2:  # SYN
            first = sequence + 1
        pieces[sequence] = max(pieces.get(sequence, b""), payload, key=len)
    stream = b""
    while piece := pieces.get((first + len(stream)) % 2**32):
        stream += piece
    return stream


def tcp_sum(octets):
    """Of an IPv4 packet's TCP and its pseudo-header: 0xffff where the checksum is right."""
    (total,) = struct.unpack_from("!H", octets, 16)
    segment = octets[34:14 + total]
    pseudo = octets[26:34] + struct.pack("!HH", 6, len(segment))
    words = pseudo + segment + b"\x00" * (len(segment) % 2)
    value = sum(struct.unpack(f"!{len(words) // 2}H", words))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    options, rest = parser.parse_known_args()
    PROGRAM = options.program
    namespaces.require()
    unittest.main(argv=["interface_test.py", *rest])
