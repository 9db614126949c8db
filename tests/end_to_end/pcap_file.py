"""Reads classic pcap files, in either byte order and with either resolution.

On purpose a reader of its own: what the program writes with libpcap is not
checked with libpcap.
"""

import struct
from typing import NamedTuple

MAGIC = {0xA1B2C3D4: 1_000, 0xA1B23C4D: 1}  # nanoseconds of one unit of its fraction
ETHERNET = 1


class Record(NamedTuple):
    time_ns: int
    wire_bytes: int
    frame: bytes


def read(path):
    """The link type and the records of the file; ValueError when it is no whole pcap file."""
    content = path.read_bytes()
    for order in "<>":
        (magic,) = struct.unpack_from(f"{order}I", content)
        if magic in MAGIC:
            return _read(content, order, MAGIC[magic])
    raise ValueError(f"{path} is no classic pcap file")


def _read(content, order, unit_ns):
    (link_type,) = struct.unpack_from(f"{order}I", content, 20)
    records, at = [], 24
    while at < len(content):
        seconds, fraction, captured, wire = struct.unpack_from(f"{order}IIII", content, at)
        at += 16
        if at + captured > len(content):
            raise ValueError("the file ends in the middle of a record")
        records.append(Record(seconds * 1_000_000_000 + fraction * unit_ns, wire,
                              content[at:at + captured]))
        at += captured
    return link_type, records
