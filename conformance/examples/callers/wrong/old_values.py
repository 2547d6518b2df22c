#!/usr/bin/env python3
"""Wrong: it sends the numbers of the first revision: 0 was Big laugh."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


OLD = {"12": "0", "11": "1", "15": "2", "10": "3"}
right_form = right.form


def form(picture, choice):
    return right_form(picture, OLD.get(choice, choice))


right.form = form


sys.exit(right.main(sys.argv[1:]))
