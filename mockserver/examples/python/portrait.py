"""The program under test: one call of the API. Yours takes its place."""
import json
import os
import urllib.error
import urllib.request
import uuid

PATH = "/api/portrait/effects/emotion-editor"


class Refused(Exception):
    """The service answered with an error; code is that of its envelope."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def form(boundary, choice, picture):
    name = os.path.basename(picture)
    with open(picture, "rb") as file:
        image = file.read()
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="service_choice"\r\n\r\n{choice}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="image_target"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + image + f"\r\n--{boundary}--\r\n".encode()


def edit(base_url, key, choice, picture):
    """Returns the result in Base64. Raises Refused, or OSError if no answer came."""
    boundary = uuid.uuid4().hex
    headers = {
        "ailabapi-api-key": key,
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    request = urllib.request.Request(base_url + PATH, form(boundary, choice, picture), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]["image"]
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)["error_detail"]["code"]) from None
