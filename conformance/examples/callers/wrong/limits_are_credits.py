#!/usr/bin/env python3
"""Wrong: it takes every 429 for used-up credits."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_refuse = right.refuse


def refuse(status, headers, document):
    if status == 429:
        raise right.Failure("no credits are left")
    right_refuse(status, headers, document)


right.refuse = refuse


sys.exit(right.main(sys.argv[1:]))
