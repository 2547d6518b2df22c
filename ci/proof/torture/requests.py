"""Requests of the driver's own, by bare sockets, each with a deadline."""

import json
import socket
import ssl
import time

from programs import KEY

EDIT = "/api/portrait/effects/emotion-editor"
BOUNDARY = b"tortureboundary"


def form(picture, choice=b"12"):
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="service_choice"\r\n\r\n%s\r\n'
        % (BOUNDARY, choice),
        b'--%s\r\nContent-Disposition: form-data; name="image_target"; filename="p.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%s\r\n" % (BOUNDARY, picture),
        b"--%s--\r\n" % BOUNDARY,
    ]
    return b"".join(parts)


def request(method, path, body=b"", key=KEY, form_data=False, close=True, more=""):
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}" if form_data else "application/json"
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nailabapi-api-key: {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
        f"{'Connection: close' + chr(13) + chr(10) if close else ''}\r\n"
    )
    return head.encode() + body


def edit_request(picture, key=KEY, **more):
    return request("POST", EDIT, form(picture), key=key, form_data=True, **more)


class Talk:
    """A connection with a deadline for all that it does."""

    def __init__(self, port, limit_s=3.0, tls=False, tunnel=False):
        self.late = time.monotonic() + limit_s
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=limit_s)
        if tunnel:
            self.send(b"CONNECT www.ailabapi.com:443 HTTP/1.1\r\nHost: www.ailabapi.com:443\r\n\r\n")
            self.read_head()
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _left(self):
        left = self.late - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline")
        self.socket.settimeout(left)

    def send(self, data):
        self._left()
        self.socket.sendall(data)

    def piece(self):
        self._left()
        return self.socket.recv(65536)

    def read_head(self):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.piece()
            if not piece:
                raise ConnectionError(f"the answer ended in its head: {head!r}")
            head += piece
        return head.split(b"\r\n\r\n", 1)

    def answer(self):
        """(status, body); an answer that is cut is an error."""
        head, body = self.read_head()
        status = int(head.split()[1])
        lengths = [
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        while len(body) < lengths[0]:
            piece = self.piece()
            if not piece:
                raise ConnectionError("the answer ended in its body")
            body += piece
        return status, body


def ask(port, data, limit_s=3.0, **more):
    with Talk(port, limit_s, **more) as talk:
        talk.send(data)
        return talk.answer()


def is_good_edit(status, body):
    return status == 200 and len(json.loads(body)["data"]["image"]) > 100


def quietly(function, *arguments, **more):
    """What a client does while its server suffers: it may fail, in time."""
    try:
        return function(*arguments, **more)
    except (OSError, ValueError, IndexError, KeyError):
        return None
