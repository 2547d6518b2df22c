"""GET /__admin/events over plain sockets: order, resuming, resets, bounds, stalled watchers, the end."""
import http.client
import json
import os
import select
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "blackbox"))
from harness import main, until  # noqa: E402

ENDPOINT = "/api/portrait/effects/emotion-editor"
WATCHERS_MAX = 8
LIMIT_S = 20


class Watcher:
    """One connection that follows the feed; it reads what it is asked to read, and no more."""

    def __init__(self, mock, target="/__admin/events", more="", receive_bytes=0):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(LIMIT_S)
        self.socket.connect((mock.host, mock.port))
        head = f"GET {target} HTTP/1.1\r\nHost: {mock.host}\r\n{more}\r\n"
        self.socket.sendall(head.encode())
        self.data = b""
        self.events = []
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read(self, limit_s):
        """Takes what comes within the time; false when nothing did."""
        if self.ended or not select.select([self.socket], [], [], limit_s)[0]:
            return False
        try:
            piece = self.socket.recv(65536)
        except ConnectionError:
            piece = b""
        self.ended = not piece
        self.data += piece
        return True

    def head(self, limit_s=LIMIT_S):
        """(status, headers, the rest of the body so far)"""
        until(lambda: b"\r\n\r\n" in self.data or not self.read(limit_s), limit_s)
        head, _, rest = self.data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers, rest

    def blocks(self):
        """(event, id, data) of each whole block; a comment is (None, None, text)."""
        found = []
        for block in self.head()[2].split(b"\n\n")[:-1]:
            fields = dict(line.partition(": ")[::2] for line in block.decode().split("\n"))
            if block.startswith(b":"):
                found.append((None, None, block.decode()))
            else:
                found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
        return found

    def wait(self, condition, limit_s=LIMIT_S):
        """Reads until the blocks fulfil a condition."""
        end = time.monotonic() + limit_s
        while not condition(self.blocks()):
            left = end - time.monotonic()
            if left <= 0 or self.ended:
                return False
            self.read(left)
        return True


def named(blocks, name):
    return [block for block in blocks if block[0] == name]


def ids(blocks):
    return [block[1] for block in named(blocks, "request")]


def admin(mock, method, path, body=None):
    connection = http.client.HTTPConnection(mock.host, mock.port, timeout=LIMIT_S)
    connection.request(method, path, json.dumps(body) if body is not None else None)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def call_many(mock, count, more=""):
    """Refused calls over one connection; returns how long the slowest took."""
    connection = http.client.HTTPConnection(mock.host, mock.port, timeout=LIMIT_S)
    slowest = 0
    for _ in range(count):
        start = time.monotonic()
        connection.request("GET", ENDPOINT + more, headers={"X-Long": "x" * 1500})
        connection.getresponse().read()
        slowest = max(slowest, time.monotonic() - start)
    connection.close()
    return slowest


def check_order(suite, mock):
    checks = suite.checks
    with Watcher(mock) as watcher:
        status, headers, _ = watcher.head()
        checks.equal("the head", (status, headers["content-type"]), (200, "text/event-stream"))
        checks.that("no length", "content-length" not in headers, headers)
        checks.that("hello comes first", watcher.wait(lambda b: b and b[0][0] == "hello"))
        hello = watcher.blocks()[0][2]
        expected = {"strict": False, "seed": 0, "kept": 0, "forgotten": 0, "last_id": 0}
        checks.equal("and tells the state", {n: hello[n] for n in expected}, expected)
        call_many(mock, 3)
        checks.that("requests come in order", watcher.wait(lambda b: ids(b) == ["1", "2", "3"]))
        entry = named(watcher.blocks(), "request")[0][2]
        checks.equal("each as the journal lists it", entry, admin(mock, "GET", "/__admin/requests/1")[1])
        checks.that(
            "counts follow", watcher.wait(lambda b: named(b, "status")[-1:] and named(b, "status")[-1][2]["kept"] == 3)
        )
        admin(mock, "POST", "/__admin/settings", {"strict": True})
        checks.that("so do settings", watcher.wait(lambda b: named(b, "status")[-1][2]["strict"]))
        admin(mock, "DELETE", "/__admin/requests?api_key=none")
        checks.that("a reset is told", watcher.wait(lambda b: [r[2] for r in named(b, "reset")] == [{"kept": 3}]))
        admin(mock, "POST", "/__admin/reset")
        checks.that("each of them", watcher.wait(lambda b: len(named(b, "reset")) == 2))


def check_resuming(suite, mock):
    checks = suite.checks
    call_many(mock, 3)
    for why, target, more, expected in (
        ("after=", "?after=4", "", ["5", "6"]),
        ("Last-Event-ID", "", "Last-Event-ID: 5\r\n", ["6"]),
        ("the header counts", "?after=0", "Last-Event-ID: 5\r\n", ["6"]),
        ("everything kept", "?after=0", "", ["4", "5", "6"]),
        ("an id of an earlier start", "?after=900", "", ["4", "5", "6"]),
    ):
        with Watcher(mock, "/__admin/events" + target, more) as watcher:
            checks.that(f"resumes: {why}", watcher.wait(lambda b: ids(b) == expected), watcher.data)
    for why, target, more in (
        ("after=x", "?after=x", ""),
        ("another parameter", "?limit=1", ""),
        ("Last-Event-ID: x", "", "Last-Event-ID: x\r\n"),
    ):
        with Watcher(mock, "/__admin/events" + target, more) as watcher:
            checks.equal(f"refused: {why}", watcher.head()[0], 400)


def check_bound(suite, mock):
    """Eight at once; the ninth is told; a closed one makes room at once."""
    checks = suite.checks
    watchers = [served(mock) for _ in range(WATCHERS_MAX)]
    checks.that("eight are served", all(watchers))
    with Watcher(mock) as ninth:
        status, headers, body = ninth.head()
        checks.equal("the ninth is refused", (status, headers["content-type"]), (503, "application/json"))
        checks.that("with a sentence", b"8 watchers follow the feed already" in body, body)
    for _ in range(3):  # as a browser does that is reloaded
        for watcher in watchers:
            watcher.socket.close()
        watchers = [served(mock) for _ in range(WATCHERS_MAX)]
        checks.that("a watcher that leaves makes room", all(watchers))
    for watcher in watchers:
        watcher.socket.close()


def served(mock):
    """A watcher, once there is room for it."""

    def once():
        watcher = Watcher(mock)
        if watcher.head()[0] == 200:
            return watcher
        watcher.socket.close()
        return None

    return until(once, LIMIT_S, 0.05)


def check_stalled(suite):
    """Eight watchers that read nothing: calls go on, and the watchers are dropped in time."""
    checks = suite.checks
    mock = suite.start("--request-timeout-ms", "8000", "--journal-entries", "100000")
    watchers = [Watcher(mock, receive_bytes=4096) for _ in range(WATCHERS_MAX)]
    checks.equal("eight watch", {watcher.head()[0] for watcher in watchers}, {200})
    slowest = call_many(mock, 3000)
    checks.below("the slowest of 3000 calls beside them", slowest, 4, "s")
    checks.that("stalled watchers make room", served_while_calling(mock))
    for watcher in watchers:
        watcher.socket.close()
    mock.stop()


def served_while_calling(mock):
    """The kernel's buffers must be full before a write can stall."""

    def once():
        call_many(mock, 200)
        with Watcher(mock) as watcher:
            return watcher.head()[0] == 200

    return until(once, 60, 0.05)


def check_end(suite):
    """A stop waits for no watcher, be it a stalled one; the next start is another one."""
    checks = suite.checks
    mock = suite.start("--drain-timeout-ms", "60000", "--request-timeout-ms", "60000")
    watchers = [Watcher(mock, receive_bytes=4096) for _ in range(WATCHERS_MAX - 1)]
    with Watcher(mock) as reader:
        reader.wait(lambda b: b)
        call_many(mock, 4000)
        start = time.monotonic()
        mock.stop()
        checks.below("a stop with eight watchers", time.monotonic() - start, 5 * suite.patience, "s")
        checks.that("the watcher sees the end", until(lambda: reader.ended or not reader.read(1), 10))
        boot = named(reader.blocks(), "hello")[0][2]["boot"]
    for watcher in watchers:
        watcher.socket.close()
    again = suite.start()
    with Watcher(again) as watcher:
        watcher.wait(lambda b: b)
        checks.that("another boot", watcher.blocks()[0][2]["boot"] != boot)
    again.stop()


def check_comment(suite, watcher):
    """A silent feed says every ten seconds that it is there."""
    got = watcher.wait(lambda b: any(block[0] is None for block in b), 15 * suite.patience)
    suite.checks.that("a comment comes", got, watcher.data)


def check_few_threads(suite):
    """A mock of three connections keeps them for calls."""
    mock = suite.start("--max-connections", "3")
    with Watcher(mock) as watcher:
        status, _, body = watcher.head()
        suite.checks.equal("a small mock serves no watcher", status, 503)
        suite.checks.that("and says so", b"serves no" in body, body)
    mock.stop()


def test(suite):
    silent = suite.start()
    with Watcher(silent) as watcher:
        watcher.wait(lambda b: b)
        mock = suite.start()
        check_order(suite, mock)
        check_resuming(suite, mock)
        check_bound(suite, mock)
        mock.stop()
        check_stalled(suite)
        check_end(suite)
        check_few_threads(suite)
        check_comment(suite, watcher)
    silent.stop()


if __name__ == "__main__":
    main(test)
