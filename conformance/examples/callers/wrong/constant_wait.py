#!/usr/bin/env python3
"""Wrong: its waits do not grow."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


def pause(_number, retry_after):
    return max(1, retry_after or 0)


right.pause = pause


sys.exit(right.main(sys.argv[1:]))
