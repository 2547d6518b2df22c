#!/usr/bin/env python3
"""Wrong: it does not look at Retry-After."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


def pause(number, _retry_after):
    return 2 ** (number - 1)


right.pause = pause


sys.exit(right.main(sys.argv[1:]))
