#!/usr/bin/env python3
"""Wrong: a success must have error_code 0. The field has left the documentation."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_picture_of = right.picture_of


def picture_of(document):
    if document.get("error_code") != 0:
        raise right.Failure("error_code is not 0")
    return right_picture_of(document)


right.picture_of = picture_of


sys.exit(right.main(sys.argv[1:]))
