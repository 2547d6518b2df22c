"""Room framing: streams of HTTP, the mock against other servers: which requests does each see?

The mock is asked as a whole, by its journal. Readings are alike when the same requests were seen:
method, target without query, bytes of the body. The rule: the mock never reads a request otherwise
than a reader that took it; it may refuse more, then it closes the connection.

Kinds: differ (a request is not the same), they_refuse (the mock saw one more), only_we_read (than
every peer), we_refuse (a peer saw one more), silent (the same, and the last answer of the mock said
keep-alive), hung.
"""
import base64
import http.client
import json
import os
import re
import socket
import subprocess

import framing_inputs
import peers

NAME = "framing"
COUNT = 4000
SHORT_PEERS = ("node", "http.server")
SECONDS = 30  # the longest that a server may be silent

METHOD_MAX = 23
BATCH = 200  # streams between two looks into the journal, which tells 1000 entries at once

# Words of the mock with which it says that it did not take the request for one.
NO_REQUEST = re.compile(r" - (HTTP[\w ]*: |request body: (ends|not complete|a chunk))")


class Server:
    """A server that runs while streams are sent to it; the first line that it prints has its port."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        found = re.search(rb"(\d+)/?\s*$", self.process.stdout.readline())
        if not found:
            raise OSError("%s did not start" % command[0])
        self.port = int(found.group(1))

    def send(self, stream):
        """All that comes back, and the port that we called from."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as line:
            mine, came = line.getsockname()[1], b""
            try:
                line.sendall(stream)
                line.shutdown(socket.SHUT_WR)
                for piece in iter(lambda: line.recv(65536), b""):
                    came += piece
            except socket.timeout:
                return mine, came, "hung"
            except OSError:  # closed before it read all: that is an end, too
                pass
        return mine, came, "closed"

    def stop(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


def answers_in(came):
    """(status, body) of each answer in the stream that a server sent."""
    while came:
        head, gap, rest = came.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.[01] (\d\d\d)", head)
        if not gap or not status:
            return
        length = re.search(rb"\r\nContent-Length: *(\d+)", head, re.I)
        chunked = re.search(rb"\r\nTransfer-Encoding: *chunked", head, re.I)
        if status.group(1) == b"100":
            came = rest
            continue
        if chunked:  # Node sends small answers so, in one chunk
            size, _, rest = rest.partition(b"\r\n")
            body, came = rest[: int(size, 16)], rest[int(size, 16) + 2 :].partition(b"0\r\n\r\n")[2]
        else:
            size = int(length.group(1)) if length else len(rest)
            body, came = rest[:size], rest[size:]
        yield int(status.group(1)), body


def told(came, end):
    """What a peer saw, by its answers."""
    requests = []
    for status, body in answers_in(came):
        if status != 200:
            return {"requests": requests, "end": "%d %s" % (status, body.decode("latin-1")[:80])}
        requests.append(json.loads(body))
    return {"requests": requests, "end": end}


def ask_server(peer, command):
    """A stream that the peer is not asked is not sent: it could wait for SECONDS."""

    def answer(server, stream):
        if not_asked(peer, stream):
            return {"skipped": "not asked"}
        _, came, end = server.send(stream)
        return told(came, end)

    def ask(inputs):
        server = Server(command)
        try:
            return [answer(server, stream) for stream in inputs]
        finally:
            server.stop()

    return ask


def there(peer, command):
    """A peer that serves; skipped when it does not start."""
    try:
        Server(command).stop()
    except OSError as wrong:
        return None, str(wrong)
    return ask_server(peer, command), None


def there_h11(_):
    command = peers.python("http_h11.py")
    return (lambda inputs: peers.ask(command, inputs)), peers.reason_to_skip(command)


PEERS = {
    "go": lambda scratch: there("go", peers.compiled_go("http_go", scratch)),
    "node": lambda scratch: there("node", peers.node("http_node.js")),
    "http.server": lambda scratch: there("http.server", peers.python("http_python.py")),
    "h11": there_h11,
}


# ---- the mock, by its journal


def journal(port):
    """The entries by the port of the client, in their order, with their bodies. They are forgotten."""
    line, found = http.client.HTTPConnection("127.0.0.1", port, timeout=60), {}

    def ask(path, method="GET"):
        line.request(method, path)
        answer = line.getresponse()
        return json.loads(answer.read() or b"null")

    for entry in ask("/__admin/requests?limit=1000")["requests"]:
        if entry["has_body"]:
            entry = ask("/__admin/requests/%d" % entry["id"])
        found.setdefault(int(entry["remote"].rpartition(":")[2]), []).append(entry)
    ask("/__admin/requests", "DELETE")
    line.close()
    return {port: sorted(some, key=lambda entry: entry["id"]) for port, some in found.items()}


def seen(entries, end):
    """The requests that the mock took for such, and its words about the first that it did not."""
    requests, rest = [], []
    for entry in entries:
        if NO_REQUEST.search(entry["message"]):
            rest.append(entry["message"])
            break
        body = base64.b64decode(entry["body_base64"]).hex() if entry["has_body"] else None
        requests.append([entry["method"], entry["path"], body])
        rest = ["%d %s" % (entry["status"], entry["message"])]
    return {"requests": requests, "end": rest[-1] if rest else end}


def keeps(came):
    """Whether the last answer says that the connection goes on."""
    said = re.findall(rb"\r\nConnection: ([\w-]+)\r\n", came)
    return bool(said) and said[-1] == b"keep-alive"


def seen_in(entries, came, end):
    if end != "closed":
        return {"requests": [], "end": end}
    return dict(seen(entries, end), keeps=keeps(came))


def ask_mock(server, streams):
    sent = [server.send(stream) for stream in streams]
    entries = journal(server.port)
    return [seen_in(entries.get(port, ()), came, end) for port, came, end in sent]


def ours(build):
    def ask(inputs):
        server = Server(
            [os.path.join(build, "bin", "ailab-mock"), "--port", "0", "--journal-bodies"]
        )
        try:
            return [
                answer
                for at in range(0, len(inputs), BATCH)
                for answer in ask_mock(server, inputs[at : at + BATCH])
            ]
        finally:
            server.stop()

    return ask


def inputs(dice, count, options):
    return framing_inputs.make(dice, count)


# ---- the comparison


def alike(mine, his):
    """A body that the mock did not read may be any; its query is no part of the path. The journal
    cuts a method."""
    return (
        mine[0] == his[0][:METHOD_MAX]
        and mine[1] == his[1].partition("?")[0]
        and (mine[2] is None or mine[2] == his[2])
    )


def words(answer):
    return (
        " | ".join(
            "%s %s %s"
            % (method, target, "unread" if body is None else bytes.fromhex(body).decode("latin-1"))
            for method, target, body in answer["requests"]
        )
        + " || "
        + answer["end"]
    )


def not_asked(peer, stream):
    """Node leaves some offers to upgrade without an answer. http.server has no chunks, and no view of
    its own on the length."""
    if peer == "node":
        return re.search(rb"upgrade:", stream, re.I)
    return peer == "http.server" and (
        re.search(rb"transfer.encoding", stream, re.I)
        or not all(
            re.fullmatch(rb"[ ]?\d{1,6}", one)
            for one in re.findall(rb"content-length:([^\r\n]*)", stream, re.I)
        )
        or len(re.findall(rb"content.length", stream, re.I)) > 1
    )


def kind_of(mine, his):
    if mine["end"] == "hung" or his["end"] == "hung":
        return "hung"
    pairs = list(zip(mine["requests"], his["requests"]))
    if not all(alike(*pair) for pair in pairs):
        return "differ"
    if len(mine["requests"]) == len(his["requests"]):
        return "agree"
    if len(mine["requests"]) > len(pairs):
        return "they_refuse"
    return "silent" if mine["keeps"] else "we_refuse"


def compare_peer(given, mine, peer, his):
    if "skipped" in his:
        return peer, "not_asked", {}
    if "requests" not in his:
        his = {"requests": [], "end": his.get("died") or his.get("refused")}
    return (
        peer,
        kind_of(mine, his),
        {
            "stream": given.bytes.decode("latin-1"),
            "why": mine["end"],
            "their_why": his["end"],
            "ours": words(mine),
            "theirs": words(his),
            "origin": given.origin,
        },
    )


def compare(given, mine, theirs):
    found = [compare_peer(given, mine, peer, his) for peer, his in theirs.items()]
    kinds = [kind for _, kind, _ in found if kind != "not_asked"]
    if len(kinds) >= 2 and set(kinds) == {"they_refuse"}:
        found.append(("ours", "only_we_read", found[0][2]))
    return found
