"""What every adapter in Python shares: records in, lines of JSON out (see ../peers.py)."""
import json
import struct
import sys


def answer_all(read):
    """read() makes an answer of each record. What it raises is a refusal, with the words."""
    given = sys.stdin.buffer.read()
    at = 0
    while at < len(given):
        (size,) = struct.unpack_from(">I", given, at)
        record = given[at + 4 : at + 4 + size]
        at += 4 + size
        try:
            answer = read(record)
        except Exception as wrong:  # of whatever kind: the library under test chose it
            answer = {"refused": "%s: %s" % (type(wrong).__name__, wrong)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def form_of(record):
    """Content-Type and body: the first line, and the rest."""
    kind, _, body = record.partition(b"\n")
    return kind, body


def fields_answer(pairs):
    """Of (name, value), both bytes."""
    return {"fields": [[name.hex(), value.hex()] for name, value in pairs]}
