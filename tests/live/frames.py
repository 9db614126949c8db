"""Frames of live tests, written out octet by octet, and what is in those of the kernel."""

import socket
import struct

SOURCE, DESTINATION = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")


def ethernet(payload=b"\x00" * 46, *, to=DESTINATION, ether_type=0x88B5, tags=()):
    """0x88B5: for experiments (IEEE 802). A tag is its protocol and the number of the VLAN."""
    header = to + SOURCE
    for protocol, vlan in tags:
        header += struct.pack("!HH", protocol, vlan)
    return header + struct.pack("!H", ether_type) + payload


def ipv4(payload, protocol, source, destination, flags=0):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, flags, 64, protocol, 0,
                         socket.inet_aton(source), socket.inet_aton(destination))
    return ethernet(header + payload, ether_type=0x0800)


def udp_like(protocol, port, *, source_port=9, source="10.8.0.1", destination="10.8.0.2"):
    """To that port, of TCP or UDP; behind the ports there is nothing that counts here."""
    return ipv4(struct.pack("!HHHH", source_port, port, 28, 0) + bytes(20), protocol, source,
                destination)


def read_to_the_end(connection):
    while connection.recv(1 << 16):
        pass


def is_tcp(frame):
    return frame[12:14] == b"\x08\x00" and frame[23] == 6


def stream_of(frames):
    """What TCP segments to port 5001 carried, put together by their sequence numbers."""
    pieces = {}
    for frame in frames:
        if not is_tcp(frame) or frame[36:38] != struct.pack("!H", 5001):
            continue
        (sequence,) = struct.unpack_from("!I", frame, 38)
        (total,) = struct.unpack_from("!H", frame, 16)
        end = 14 + total if total else len(frame)
        payload = frame[34 + 4 * (frame[46] >> 4):end]
        if frame[47] & 2:  # SYN
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
