"""Network namespaces of a test, and what it does in them.

Their names begin with the test's process ID. They are deleted however the test ends, but by
SIGKILL: those that a killed test left are deleted by the next.
"""

import atexit
import contextlib
import ctypes
import fcntl
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import time

NAME = re.compile(r"vpcm(\d+)[a-z]")
SKIPPED = 77  # exit status
SO_MARK = 36  # include/uapi/asm-generic/socket.h
TUNSETIFF, TUN_WITHOUT_INFO = 0x400454CA, 0x1001  # include/uapi/linux/if_tun.h
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _delete_leftovers():
    for path in pathlib.Path("/run/netns").glob("vpcm*"):
        found = NAME.fullmatch(path.name)
        if found and not pathlib.Path("/proc", found[1]).exists():
            ip("netns", "delete", path.name)


class Namespace:
    def __init__(self, letter):
        self.name = f"vpcm{os.getpid()}{letter}"
        ip("netns", "add", self.name)
        _made.append(self)
        self.ip("link", "set", "lo", "up")
        for which in ("all", "default"):
            self.set_ipv6(which, False)

    def set_ipv6(self, interface, is_on):
        self.run("sh", "-c", f"echo {0 if is_on else 1} > "
                             f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6")

    def ip(self, *arguments):
        return ip("-n", self.name, *arguments)

    def command(self, *arguments):
        return ["ip", "netns", "exec", self.name, *map(str, arguments)]

    def run(self, *arguments):
        subprocess.run(self.command(*arguments), check=True, capture_output=True)

    @contextlib.contextmanager
    def entered(self):
        """Sockets that are made inside stay in the namespace."""
        with open("/proc/self/ns/net") as home, open(f"/run/netns/{self.name}") as inside:
            _enter(inside)
            try:
                yield
            finally:
                _enter(home)

    def socket(self, *arguments):
        with self.entered():
            return socket.socket(*arguments)

    @contextlib.contextmanager
    def tun(self, name):
        """A device that is a file here: what is written arrives from it."""
        with self.entered():
            device = open("/dev/net/tun", "r+b", buffering=0)
        with device:
            fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), TUN_WITHOUT_INFO))
            self.ip("link", "set", name, "up")
            yield device

    def send_frames(self, interface, *frames):
        with self.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sender:
            sender.bind((interface, 0))
            for frame in frames:
                sender.send(frame)


def _enter(namespace):
    if LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def require():
    """Ends the test where there can be none; deletes what a killed one left."""
    if os.geteuid() != 0:
        skip("network namespaces need root")
    # Not SystemExit, which unittest takes for a failure of one test.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        _delete_leftovers()
        _delete(Namespace("a"))
    except (RuntimeError, FileNotFoundError, subprocess.CalledProcessError) as error:
        skip(f"no network namespaces here: {error}")


_made = []


def _delete(namespace):
    _made.remove(namespace)
    ip("netns", "delete", namespace.name)


@atexit.register
def _delete_all():
    for each in list(_made):
        _delete(each)


@contextlib.contextmanager
def namespaces(count):
    made = []
    try:
        for letter in "abcdefgh"[:count]:
            made.append(Namespace(letter))
        yield made
    finally:
        for each in made:
            _delete(each)


def join(left, left_interface, right, right_interface):
    """A veth pair from one namespace to the other, up."""
    left.ip("link", "add", left_interface, "type", "veth", "peer", "name", right_interface,
            "netns", right.name)
    left.ip("link", "set", left_interface, "up")
    right.ip("link", "set", right_interface, "up")
    _await_up(left, left_interface)


def _await_up(namespace, interface):
    """Until then the kernel throws away what is sent; it sees to that in its own time."""
    deadline = time.monotonic() + 30
    while "state UP" not in namespace.ip("link", "show", "dev", interface):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{interface} does not come up")
        time.sleep(0.01)
