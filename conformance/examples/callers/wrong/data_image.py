#!/usr/bin/env python3
"""Wrong: it looks for the picture in image. It is in data.image."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_picture_of = right.picture_of


def picture_of(document):
    return right_picture_of({"data": {"image": document["image"]}})


right.picture_of = picture_of


sys.exit(right.main(sys.argv[1:]))
