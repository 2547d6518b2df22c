#!/usr/bin/env python3
"""Change a facial expression: a caller that passes every situation of `ailab-conformance caller`.

    AILAB_API_KEY=your-key right.py PICTURE CHOICE OUTPUT

Standard library only. The address is AILAB_BASE_URL, or the vendor's.
"""
import base64
import binascii
import http.client
import json
import os
import random
import signal
import sys
import time
import urllib.parse

ENDPOINT = "/api/portrait/effects/emotion-editor"
TIMEOUT = 6  # seconds for one attempt, to its last byte. The real service takes longer: take 60
ATTEMPTS = 4
LONGEST_WAIT = 10
ANSWER_MAX = 32 << 20


class Failure(Exception):
    """The call has failed for good."""


class Passing(Exception):
    """The call has failed, nothing was charged, and another attempt may succeed."""

    def __init__(self, words, retry_after=None):
        super().__init__(words)
        self.retry_after = retry_after


class Late(Exception):
    pass


def on_alarm(_signal, _frame):
    raise Late


def form(picture, choice):
    """The body as multipart/form-data, and its boundary."""
    boundary = "----%032x" % random.getrandbits(128)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="service_choice"\r\n\r\n{choice}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="image_target"; filename="picture"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + picture + f"\r\n--{boundary}--\r\n".encode(), boundary


def headers_of(key, boundary):
    return {"ailabapi-api-key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"}


def connect(url):
    """A connection that is open. Nothing was sent, so a failure here may be tried again."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname, url.port)
    try:
        connection.connect()
    except OSError as error:
        if isinstance(error, ConnectionRefusedError):
            raise Passing(f"no connection: {error}") from None
        raise Failure(f"no connection: {error}") from None
    return connection


def read_answer(connection, response):
    """The body. It is read to its announced end: http.client does not complain of a part."""
    body = response.read(ANSWER_MAX)
    if response.length:
        raise Failure("the answer was cut")
    return body


def exchange(url, key, picture, choice):
    """Status, headers and body of one request. No redirect is followed, and no call is repeated
    whose answer was lost: it may have been charged."""
    body, boundary = form(picture, choice)
    connection = connect(url)
    try:
        try:
            connection.request("POST", url.path.rstrip("/") + ENDPOINT, body, headers_of(key, boundary))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the service refuses before it has read everything: its answer is there
        response = connection.getresponse()
        return response.status, response.headers, read_answer(connection, response)
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"the answer was lost: {error!r}") from None
    finally:
        connection.close()


def document_of(body):
    """The envelope; an empty one where the body is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def member(document, *names):
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def seconds(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def refuse(status, headers, document):
    code = member(document, "error_detail", "code")
    words = f"{status} {code or ''} {member(document, 'error_detail', 'message') or ''}".strip()
    if code == "EXCEEDING_LIMITS" or status in (500, 502, 503, 504):
        raise Passing(words, seconds(headers.get("Retry-After")))
    raise Failure(words)


def picture_of(document):
    """The bytes of data.image. error_code is looked at where it is there; since 2026-05 it is not."""
    if document.get("error_code", 0) != 0:
        raise Failure(f"an error inside 200: {member(document, 'error_detail', 'code')}")
    text = member(document, "data", "image")
    if not isinstance(text, str):
        raise Failure("200 without data.image")
    try:
        picture = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Failure("data.image is no Base64") from None
    is_jpeg = picture.startswith(b"\xff\xd8") and picture.rstrip(b"\0").endswith(b"\xff\xd9")
    is_png = picture.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in picture[-16:]
    if not is_jpeg and not is_png:
        raise Failure("data.image is no whole picture")
    return picture


def judge(status, headers, body):
    """The picture of an answer. The status comes first: only a 200 has one."""
    document = document_of(body)
    if status != 200:
        refuse(status, headers, document)
    return picture_of(document)


def attempt(url, key, picture, choice):
    """One attempt. The alarm rings when it takes too long, wherever it is."""
    signal.setitimer(signal.ITIMER_REAL, TIMEOUT)
    try:
        return judge(*exchange(url, key, picture, choice))
    except Late:
        raise Failure(f"no whole answer within {TIMEOUT} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def pause(number, retry_after):
    """Seconds to wait after attempt `number`; the service's word counts where it gives one."""
    return max(2 ** (number - 1), retry_after or 0)


def edit(url, key, picture, choice):
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt(url, key, picture, choice)
        except Passing as passing:
            wait = pause(number, passing.retry_after)
            if number == ATTEMPTS or wait > LONGEST_WAIT:
                raise Failure(str(passing)) from None
            time.sleep(wait)


def write(path, picture):
    """Whole or not at all."""
    part = path + ".part"
    with open(part, "wb") as file:
        file.write(picture)
    os.replace(part, path)


def main(arguments):
    signal.signal(signal.SIGALRM, on_alarm)
    path, choice, output = arguments
    url = urllib.parse.urlsplit(os.environ.get("AILAB_BASE_URL") or "https://www.ailabapi.com")
    with open(path, "rb") as file:
        picture = file.read()
    try:
        write(output, edit(url, os.environ["AILAB_API_KEY"], picture, choice))
    except Failure as failure:
        print(f"right.py: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
