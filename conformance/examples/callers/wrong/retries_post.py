#!/usr/bin/env python3
"""Wrong: a retry library repeats the POST after any lost answer. The first one was charged."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_exchange = right.exchange


def exchange(*arguments):
    try:
        return right_exchange(*arguments)
    except right.Failure as failure:
        raise right.Passing(str(failure)) from None


right.exchange = exchange


sys.exit(right.main(sys.argv[1:]))
