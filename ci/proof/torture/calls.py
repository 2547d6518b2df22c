"""The rows of calls.def, and the file that a tortured program and this driver share."""

import errno
import mmap
import os
import re
import socket
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
FOR_EVER = 0xFFFFFFFF
SPECIAL = {"SHORT": -1001, "END": -1002, "LATER": -1003, "EARLIER": -1004}
MODES = ("once", "on")
JUMPS = ("LATER", "EARLIER")


def kind_number(kind):
    if kind in SPECIAL:
        return SPECIAL[kind]
    return int(getattr(socket if kind.startswith("EAI_") else errno, kind))


def _rows():
    with open(os.path.join(HERE, "calls.def"), encoding="utf-8") as file:
        text = file.read()
    return re.findall(r'^CALL\((\w+), "([^"]+)"\)', text, re.M)


CALLS = [name for name, _ in _rows()]
# (kind, mode) of each call; a kind with a star never comes for ever, nor does a jump of the clock
WAYS = {
    name: [
        (kind.rstrip("*"), mode)
        for kind in kinds.split()
        for mode in MODES
        if mode == "once" or not (kind.endswith("*") or kind in JUMPS)
    ]
    for name, kinds in _rows()
}


class Fault:
    """One injection: the call of number n fails so, once or from then on."""

    def __init__(self, call, number, kind, mode):
        if call not in WAYS or (kind, mode) not in WAYS[call]:
            raise ValueError(f"calls.def has no {call} {kind} {mode}")
        self.call, self.number, self.kind, self.mode = call, int(number), kind, mode

    def __str__(self):
        return f"{self.call} {self.number} {self.kind} {self.mode}"

    @property
    def is_local(self):
        """No program at the other end of a connection can be the cause."""
        return self.kind in ("ENOMEM", "ENOBUFS", "EMFILE", "ENFILE", "EAI_MEMORY", "ENOSPC")

    @property
    def is_harmless(self):
        """What a program must come through as if nothing had been."""
        if self.kind in ("EINTR", "SHORT"):
            return self.call not in ("open", "close", "fclose", "fread")
        return self.kind in JUMPS


class Control:
    """The struct of control.h, in a file."""

    SIZE, PID, CALL, FIRST, LAST, KIND, HITS, COUNTS = range(0, 32, 4)

    def __init__(self, path):
        self.path = path
        self.size = self.COUNTS + 4 * len(CALLS)
        with open(path, "wb") as file:
            file.write(struct.pack("I", self.size).ljust(self.size, b"\0"))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), self.size)

    def _set(self, at, value, form="I"):
        struct.pack_into(form, self.memory, at, value)

    def _get(self, at):
        return struct.unpack_from("I", self.memory, at)[0]

    def reset(self):
        """For the next process."""
        self.memory[4 : self.size] = bytes(self.size - 4)

    def count_anew(self):
        """The same process goes on."""
        self.disarm()
        self.memory[self.HITS : self.size] = bytes(self.size - self.HITS)

    def arm(self, fault):
        self._set(self.FIRST, fault.number)
        self._set(self.LAST, fault.number if fault.mode == "once" else FOR_EVER)
        self._set(self.KIND, kind_number(fault.kind), "i")
        self._set(self.CALL, CALLS.index(fault.call) + 1)

    def disarm(self):
        self._set(self.CALL, 0)

    @property
    def hits(self):
        return self._get(self.HITS)

    @property
    def entered(self):
        return self._get(self.PID) != 0

    def counts(self):
        values = struct.unpack_from(f"{len(CALLS)}I", self.memory, self.COUNTS)
        return {name: count for name, count in zip(CALLS, values) if count}
