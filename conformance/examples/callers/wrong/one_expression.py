#!/usr/bin/env python3
"""Wrong: it sends the same expression whatever is asked for."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_form = right.form


def form(picture, _choice):
    return right_form(picture, "12")


right.form = form


sys.exit(right.main(sys.argv[1:]))
