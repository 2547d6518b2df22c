#!/usr/bin/env python3
"""Wrong: it writes whatever Base64 brings, picture or not."""
import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


def picture_of(document):
    if document.get("error_code", 0) != 0:
        raise right.Failure("an error inside 200")
    try:
        return base64.b64decode(document["data"]["image"], validate=True)
    except (KeyError, TypeError, ValueError):
        raise right.Failure("200 without a picture") from None


right.picture_of = picture_of


sys.exit(right.main(sys.argv[1:]))
