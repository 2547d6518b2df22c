#!/usr/bin/env python3
"""Wrong: it repeats for ever what may pass."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right.ATTEMPTS = 1_000_000


def pause(number, retry_after):
    return max(min(2 ** (number - 1), 4), retry_after or 0)


right.pause = pause


sys.exit(right.main(sys.argv[1:]))
