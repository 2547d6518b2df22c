#!/usr/bin/env python3
"""Wrong: it logs the headers of its request, and the key with them."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_headers_of = right.headers_of


def headers_of(key, boundary):
    headers = right_headers_of(key, boundary)
    print("sending", headers, file=sys.stderr)
    return headers


right.headers_of = headers_of


sys.exit(right.main(sys.argv[1:]))
