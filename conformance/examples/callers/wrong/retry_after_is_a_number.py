#!/usr/bin/env python3
"""Wrong: it takes for granted that Retry-After is a number."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


def seconds(text):
    return int(text) if text else None


right.seconds = seconds


sys.exit(right.main(sys.argv[1:]))
