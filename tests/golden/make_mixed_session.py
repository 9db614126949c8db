#!/usr/bin/env python3
"""Writes mixed-session.pcap: mixed-session.md says what is in it and why."""

import pathlib
import struct

CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 20])  # RFC 5737
# RFC 2131: the fixed fields, the magic cookie, message type DISCOVER, end.
DISCOVER = (b"\x01\x01\x06\x00" + b"\0" * 24 + bytes.fromhex("020000000a01") + b"\0" * 202
            + bytes.fromhex("63825363") + bytes([53, 1, 1, 255]))
CLIENT_MAC, ROUTER_MAC = bytes.fromhex("020000000a01"), bytes.fromhex("0200000000fe")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(source, destination, ether_type, payload):
    return (destination + source + struct.pack(">H", ether_type) + payload).ljust(60, b"\0")


def ipv4(source, destination, protocol, payload, identification=1, fragment=0):
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, fragment,
                         64, protocol, 0, source, destination)
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def transport(source, destination, protocol, segment, checksum_at):
    pseudo = source + destination + struct.pack(">BBH", 0, protocol, len(segment))
    value = checksum(pseudo + segment)
    return segment[:checksum_at] + struct.pack(">H", value) + segment[checksum_at + 2:]


def tcp(source, destination, source_port, destination_port, sequence, ack, flags, payload=b""):
    header = struct.pack(">HHIIBBHHH", source_port, destination_port, sequence, ack, 0x50, flags,
                         65535, 0, 0)
    return ipv4(source, destination, 6, transport(source, destination, 6, header + payload, 16))


def udp(source, destination, source_port, destination_port, payload):
    header = struct.pack(">HHHH", source_port, destination_port, 8 + len(payload), 0)
    return transport(source, destination, 17, header + payload, 6)


def out(packet, ether_type=0x0800):
    return ethernet(CLIENT_MAC, ROUTER_MAC, ether_type, packet)


def back(packet):
    return ethernet(ROUTER_MAC, CLIENT_MAC, 0x0800, packet)


def arp(operation, sender_mac, sender, target_mac, target):
    return struct.pack(">HHBBH6s4s6s4s", 1, 0x0800, 6, 4, operation, sender_mac, sender,
                       target_mac, target)


def frames():
    gateway = bytes([192, 0, 2, 1])
    everybody, nobody = b"\xff" * 6, b"\0" * 4
    yield ethernet(CLIENT_MAC, everybody, 0x0806, arp(1, CLIENT_MAC, CLIENT, b"\0" * 6, gateway))
    yield ethernet(ROUTER_MAC, CLIENT_MAC, 0x0806,
                   arp(2, ROUTER_MAC, gateway, CLIENT_MAC, CLIENT))
    yield ethernet(CLIENT_MAC, everybody, 0x0800,
                   ipv4(nobody, b"\xff" * 4, 17,
                        udp(nobody, b"\xff" * 4, 68, 67, DISCOVER)))
    yield out(tcp(CLIENT, SERVER, 50000, 80, 100, 0, 0x02))
    yield back(tcp(SERVER, CLIENT, 80, 50000, 900, 101, 0x12))
    yield out(tcp(CLIENT, SERVER, 50000, 80, 101, 901, 0x10))
    yield out(tcp(CLIENT, SERVER, 50000, 80, 101, 901, 0x18, b"GET / HTTP/1.0\r\n\r\n"))
    yield back(tcp(SERVER, CLIENT, 80, 50000, 901, 119, 0x18,
                   b"HTTP/1.0 200 OK\r\n\r\n".ljust(1460, b"x")))
    echo = struct.pack(">BBHHH", 8, 0, 0, 7, 1) + b"ping"
    echo = echo[:2] + struct.pack(">H", checksum(echo)) + echo[4:]
    yield out(ipv4(CLIENT, SERVER, 1, echo))
    tagged = struct.pack(">HH", 30, 0x0800) + ipv4(
        CLIENT, SERVER, 17, udp(CLIENT, SERVER, 50001, 53, b"\x12\x34\x01\x00" + b"\0" * 8))
    yield out(tagged, ether_type=0x8100)
    datagram = udp(CLIENT, SERVER, 50002, 5000, bytes(range(256)) * 6)
    yield out(ipv4(CLIENT, SERVER, 17, datagram[:1480], identification=9, fragment=0x2000))
    yield out(ipv4(CLIENT, SERVER, 17, datagram[1480:], identification=9, fragment=185))


def main():
    content = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, frame in enumerate(frames()):
        content += struct.pack("<IIII", 1_700_000_000, 1000 * number, len(frame), len(frame))
        content += frame
    (pathlib.Path(__file__).parent / "mixed-session.pcap").write_bytes(content)


if __name__ == "__main__":
    main()
