#!/usr/bin/env python3
"""Wrong: it logs a Basic credential, which is the key in Base64."""
import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_headers_of = right.headers_of


def headers_of(key, boundary):
    print("credential", base64.b64encode(f"user:{key}".encode()).decode())
    return right_headers_of(key, boundary)


right.headers_of = headers_of


sys.exit(right.main(sys.argv[1:]))
