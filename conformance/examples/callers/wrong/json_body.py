#!/usr/bin/env python3
"""Wrong: it sends JSON with the picture in Base64. The service takes a form."""
import base64
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


def form(picture, choice):
    fields = {"service_choice": int(choice), "image_target": base64.b64encode(picture).decode()}
    return json.dumps(fields).encode(), ""


def headers_of(key, _boundary):
    return {"ailabapi-api-key": key, "Content-Type": "application/json"}


right.form = form
right.headers_of = headers_of


sys.exit(right.main(sys.argv[1:]))
