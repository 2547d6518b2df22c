"""HTTP as bytes for the soak: requests, one connection, answers whole or damaged.

It blocks, for each caller is a thread. It judges nothing: how a connection ended is part of what it
hands back. No HTTP library is used, for libraries repair what they send and forgive what they read.
"""

import socket
import ssl
import struct
import time

PATH = "/api/portrait/effects/emotion-editor"
VENDOR = "www.ailabapi.com"
LIMIT_S = 60  # no answer takes longer; the slow ones are asked for with small amounts
BOUNDARY = "ailab-soak"


TCP, TUNNEL, HANDSHAKE = "by TCP", "by CONNECT", "in the handshake"  # the phases of a new connection


class Gone(Exception):
    """The connection ended, or could not be made; how is the text: closed, reset, refused, time, tls."""

    phase = ""  # in which it could not be made


def part(name, content, file_name=None):
    file_name = "" if file_name is None else f'; filename="{file_name}"'
    mark = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
    return mark.encode() + content + b"\r\n"


def form(image, choice="12", file_name="portrait.jpg"):
    fields = part("service_choice", choice.encode()) + part("image_target", image, file_name)
    return fields + f"--{BOUNDARY}--\r\n".encode()


def request(body, method="POST", target=PATH, key="soak", more=(), content_type=None):
    """Head and body, apart: clients leave between the two."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    if key is not None:
        lines.append(f"ailabapi-api-key: {key}")
    if body is not None:
        content_type = content_type or f"multipart/form-data; boundary={BOUNDARY}"
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return ("\r\n".join([*lines, *more]) + "\r\n\r\n").encode(), body or b""


def with_comment(jpeg, text):
    """The picture with a comment as its first segment."""
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text.encode() + jpeg[2:]


class Answer:
    """What came. end: whole (by its length), closed, reset, time or tls."""

    def __init__(self, raw, end, where=""):
        self.raw, self.end, self.where = raw, end, where
        self.excuse = ""  # why the mock may have ended the connection so
        head, found, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        self.has_head = bool(found) and words[0] == "HTTP/1.1"
        self.status = int(words[1]) if self.has_head else 0
        fields = [line.partition(": ") for line in lines[1:]] if self.has_head else []
        self.headers = {name.lower(): value for name, _, value in fields}
        self.keeps = end == "whole" and self.headers.get("connection", "keep-alive") != "close"

    def length(self):
        if self.status in (204, 304) or 100 <= self.status < 200:
            return 0
        value = self.headers.get("content-length", "")
        return int(value) if value.isdigit() else None

    def __str__(self):
        more = "..." if len(self.raw) > 300 else ""
        return f"{self.raw[:300]!r}{more} ({self.end}{self.where})"


class Road:
    """How to reach the mock: its port, and whether by TLS or through CONNECT."""

    def __init__(self, port, authority=None):
        self.port = port
        self.context = ssl.create_default_context(cafile=authority) if authority else None

    def connect(self, kind):
        """kind: plain, tls or tunnel. The socket; Gone, with its phase, when it cannot be made."""
        sock, phase = None, TCP
        try:
            sock = socket.create_connection(("127.0.0.1", self.port), LIMIT_S)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if kind == "plain":
                return sock
            if kind == "tunnel":
                phase = TUNNEL
                self._ask_for_tunnel(sock)
            phase = HANDSHAKE
            name = VENDOR if kind == "tunnel" else "127.0.0.1"
            return self.context.wrap_socket(sock, server_hostname=name)
        except (Gone, OSError) as error:  # ssl.SSLError is one
            if sock:
                sock.close()
            gone = Gone("could not be made")
            gone.phase = phase
            raise gone from error

    @staticmethod
    def _ask_for_tunnel(sock):
        sock.sendall(f"CONNECT {VENDOR}:443 HTTP/1.1\r\nHost: {VENDOR}:443\r\n\r\n".encode())
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            piece = sock.recv(1)
            if not piece:
                raise Gone("closed")
            said += piece
        if not said.startswith(b"HTTP/1.1 200"):
            raise Gone(f"refused the tunnel: {said!r}")


class Connection:
    """One connection of one caller."""

    def __init__(self, road, kind, excuse):
        self.began = time.monotonic()
        self.sock, self.kind, self.excuse = road.connect(kind), kind, excuse
        self.is_accepted = kind != "plain"  # the mock has been heard from
        self.asked = None  # when the request that is not answered yet was begun
        self.rested_from = self.began  # no later than the mock's last answer
        self.port = self.sock.getsockname()[1]
        self.unread = b""
        self.served = []  # the statuses of what it has answered
        self.goes_on = True  # the last answer did not say that the mock closes
        self.rested = time.monotonic()

    def where(self):
        """For complaints: which connection, and what it has answered before."""
        return f", {self.kind} from port {self.port}, {time.monotonic() - self.rested:.1f} s behind {self.served[-5:]}"

    def send(self, data):
        """False when the other side listens no more; it may have answered all the same."""
        self.asked = self.asked or time.monotonic()
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        return True

    def _read(self):
        """The next bytes; raises Gone at the end."""
        try:
            piece = self.sock.recv(1 << 18)
        except TimeoutError as error:
            raise Gone("time") from error
        except ConnectionError as error:  # through TLS, Python takes a reset for an end
            raise Gone("reset") from error
        except ssl.SSLError as error:
            raise Gone("tls") from error
        if not piece:
            raise Gone("closed")
        self.is_accepted = True
        self.rested = time.monotonic()  # to join the pieces of a large answer takes its time
        return piece

    def answer(self):
        """The next answer, without 100 Continue; one that is not whole has the end it came to."""
        try:
            while True:
                answer = Answer(self.unread, "whole")
                length = answer.length() if answer.has_head else None
                if length is not None and len(answer.body) >= length:
                    size = len(answer.raw) - len(answer.body) + length
                    answer = Answer(self.unread[:size], "whole")
                    self.unread = self.unread[size:]
                    if answer.status == 100:
                        continue
                    self.served.append(answer.status)
                    self.rested_from, self.asked = self.asked or self.rested_from, None
                    self.goes_on = answer.keeps
                    return answer
                self.unread += self._more(length, answer)
        except Gone as end:
            raw, self.unread = self.unread, b""
            return self._ended(raw, end)

    def _ended(self, raw, end):
        answer = Answer(raw, str(end), self.where())
        answer.excuse = self.excuse(self, answer)
        return answer

    def _more(self, length, answer):
        """At least one byte more; of a long body, all of it: bytes are joined once."""
        pieces = [self._read()]
        wanted = (length or 0) - len(answer.body) - len(pieces[0])
        while wanted > 0:
            try:
                pieces.append(self._read())
            except Gone:
                self.unread += b"".join(pieces)
                raise
            wanted -= len(pieces[-1])
        return b"".join(pieces)

    def read_to_end(self):
        """Everything up to the end that the mock makes."""
        pieces = [self.unread]
        try:
            while True:
                pieces.append(self._read())
        except Gone as end:
            return self._ended(b"".join(pieces), end)

    def read_some(self, size):
        """That many bytes at least, and ''; or what there was, and how it ended."""
        while len(self.unread) < size:
            try:
                self.unread += self._read()
            except Gone as end:
                return str(end)
        return ""

    def half_close(self):
        """No more from here; through TLS there is no half of a connection to close."""
        if self.kind == "plain":
            self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.sock.close()

    def reset(self):
        """Ends it as a crashed client's machine does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
