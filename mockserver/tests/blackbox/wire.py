"""HTTP as bytes: requests right and wrong, a peer that sends while it reads, answers read strictly.

No HTTP library is used, for libraries repair what they send and forgive what they read. What an
answer must look like is typed here from the documentation, not taken from the mock's tables.
"""
import base64
import json
import re
import select
import socket
import time

from harness import KEY

PATH = "/api/portrait/effects/emotion-editor"
CREDITS_PATH = "/api/common/query-credits"
MEMBERS = ["request_id", "log_id", "error_code", "error_code_str", "error_msg", "error_detail"]
DETAILS = ["status_code", "code", "code_message", "message"]
REQUEST_ID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}")
LIMIT_S = 10


# Requests


def part(name, content, file_name=None, more=""):
    """One part as most clients write it; content is bytes."""
    file_name = "" if file_name is None else f'; filename="{file_name}"'
    head = f'Content-Disposition: form-data; name="{name}"{file_name}\r\n{more}\r\n'
    return head.encode("utf-8") + content


def body_of(parts, boundary="B"):
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + p + b"\r\n" for p in parts) + mark + b"--\r\n"


def form(image, choice="12", boundary="B"):
    return body_of(
        [part("service_choice", choice.encode()), part("image_target", image, "a.jpg")], boundary
    )


def head_of(
    length,
    method="POST",
    target=PATH,
    version="HTTP/1.1",
    more="",
    key=KEY,
    content_type="multipart/form-data; boundary=B",
    host="Host: mock.test\r\n",
):
    """length: a number, or None for no Content-Length."""
    lines = [f"{method} {target} {version}\r\n", host]
    if key is not None:
        lines.append(f"ailabapi-api-key: {key}\r\n")
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}\r\n")
    if length is not None:
        lines.append(f"Content-Length: {length}\r\n")
    return ("".join(lines) + more + "\r\n").encode("latin-1")


def request(body, **head):
    return head_of(len(body), **head) + body


def chunked(body, size=5000, line=b"%x\r\n", trailer=b""):
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(line % len(p) + p + b"\r\n" for p in pieces) + b"0\r\n" + trailer + b"\r\n"


CHUNKED = "Transfer-Encoding: chunked\r\n"


# Answers


class Answer:
    def __init__(self, status, reason, headers, body):
        self.status, self.reason, self.headers, self.body = status, reason, headers, body

    def header(self, name):
        return dict((n.lower(), v) for n, v in self.headers).get(name.lower())

    def json(self):
        return json.loads(self.body.decode("utf-8"))

    def code(self):
        return self.json()["error_detail"]["code"] if self.body else ""

    def image(self):
        """The picture; without one, no bytes: then every comparison fails."""
        data = self.json().get("data") if self.body else None
        return base64.b64decode(data["image"], validate=True) if data else b""


class Malformed(Exception):
    pass


def parse_answer(data, bodiless=False):
    """(answer, rest) or None when more bytes are needed. Anything irregular is Malformed."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if len(data) > 65536:
            raise Malformed(f"no end of the head in {data[:80]!r}...")
        return None
    first, *lines = data[:end].decode("ascii").split("\r\n")
    found = re.fullmatch(r"HTTP/1\.1 ([1-5]\d\d) ([A-Za-z' -]+)", first)
    if not found:
        raise Malformed(f"status line {first!r}")
    headers = []
    for line in lines:
        field = re.fullmatch(r"([A-Za-z-]+): (\S(?:.*\S)?)", line)
        if not field:
            raise Malformed(f"header line {line!r}")
        headers.append((field[1], field[2]))
    answer = Answer(int(found[1]), found[2], headers, b"")
    names = [name.lower() for name, _ in headers]
    if len(set(names)) != len(names):
        raise Malformed(f"a header twice in {names}")
    rest = data[end + 4 :]
    if answer.status < 200 or answer.status in (204, 304) or bodiless:
        return answer, rest
    if not re.fullmatch(r"\d+", answer.header("Content-Length") or ""):
        raise Malformed(f"Content-Length in {headers}")
    length = int(answer.header("Content-Length"))
    if len(rest) < length:
        return None
    answer.body = rest[:length]
    return answer, rest[length:]


def complaint(answer):
    """What is wrong with an answer as an envelope of the default revision; '' when nothing is."""
    if answer.header("Content-Type") != "application/json":
        return f"Content-Type {answer.header('Content-Type')}"
    try:
        root = answer.json()
    except ValueError as error:
        return f"not JSON: {error}"
    good = answer.status == 200
    if list(root) != MEMBERS + (["data"] if good else []):
        return f"members {list(root)}"
    detail = root["error_detail"]
    if list(detail) != DETAILS or detail["status_code"] != answer.status:
        return f"error_detail {detail}"
    if not REQUEST_ID.fullmatch(root["request_id"]) or not re.fullmatch(r"\d{8}", root["log_id"]):
        return f"ids {root['request_id']} {root['log_id']}"
    texts = [
        root["error_code_str"],
        root["error_msg"],
        detail["code"],
        detail["code_message"],
        detail["message"],
    ]
    if root["error_code"] != (0 if good else answer.status) or any(good == bool(t) for t in texts):
        return f"status {answer.status} with {root['error_code']} and {texts}"
    if not good and texts[:2] != [detail["code"], detail["message"]]:
        return f"the public texts {texts[:2]} are not those of error_detail {detail}"
    return ""


# Conversations


class Peer:
    """One connection. Sends and reads at once, so that neither side can block the other."""

    def __init__(self, mock):
        self.sock = socket.create_connection((mock.host, mock.port), timeout=LIMIT_S)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.patience = mock.suite.patience
        self.outgoing = memoryview(b"")
        self.received = b""
        self.sent = 0
        self.end = None  # None, "closed" or "reset"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def _read(self):
        try:
            piece = self.sock.recv(1 << 18)
        except BlockingIOError:
            return
        except ConnectionError:
            self.end = "reset"
            return
        self.received += piece
        if not piece:
            self.end = "closed"

    def _write(self):
        try:
            done = self.sock.send(self.outgoing[: 1 << 18])
        except BlockingIOError:
            return
        except ConnectionError:
            self.outgoing = memoryview(b"")  # it does not listen any more; it may have answered
            return
        self.sent += done
        self.outgoing = self.outgoing[done:]

    def pump(self, enough, limit_s=LIMIT_S):
        """Moves bytes until enough() or the other side's end; false when time was up first."""
        limit = time.monotonic() + limit_s * self.patience
        while not enough() and not self.end:
            left = limit - time.monotonic()
            if left <= 0:
                return False
            writing = [self.sock] if self.outgoing else []
            readable, writable, _ = select.select([self.sock], writing, [], left)
            if writable:
                self._write()
            if readable:
                self._read()
        return True

    def send(self, data, limit_s=LIMIT_S):
        self.outgoing = memoryview(data)
        self.pump(lambda: not self.outgoing, limit_s)
        return self

    def shut(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def answer(self, bodiless=False, limit_s=LIMIT_S):
        """The next answer, or None."""
        found = []

        def enough():
            if not found and (parsed := parse_answer(self.received, bodiless)):
                found.append(parsed)
            return found

        self.pump(enough, limit_s)
        if not enough():
            return None
        answer, self.received = found[0]
        return answer

    def reset(self):
        """Ends the connection as a crashed client's machine does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()

    def ending(self, limit_s=LIMIT_S):
        """'closed', 'reset', or 'open' when it is not ended in time or more bytes came."""
        self.pump(lambda: bool(self.received), limit_s)
        return "open" if self.received or not self.end else self.end


def talk(mock, data, bodiless=False):
    """One request on a connection of its own: its answer."""
    with Peer(mock) as peer:
        peer.send(data)
        return peer.answer(bodiless)


def arm(mock, *steps):
    """Puts steps before the next calls of the key; the status that the admin API answers."""
    order = json.dumps({"api_key": KEY, "steps": steps}).encode()
    head = {"key": None, "content_type": None, "host": f"Host: {mock.host}\r\n"}
    return talk(mock, request(order, target="/__admin/queue", **head)).status


def summary(answer):
    """(status, code) of an answer, with the complaint when it is no proper envelope."""
    if answer is None:
        return "no answer"
    if not answer.body:
        return (answer.status, "")
    wrong = complaint(answer)
    return (answer.status, wrong or answer.code())
