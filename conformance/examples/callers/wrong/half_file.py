#!/usr/bin/env python3
"""Wrong: it opens the output file before it has a picture."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_edit = right.edit


def edit(*arguments):
    open(sys.argv[3], "wb").close()
    return right_edit(*arguments)


right.edit = edit


sys.exit(right.main(sys.argv[1:]))
