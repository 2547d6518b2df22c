"""Refusals in the middle of an upload, read by clients that send everything before they read.

The last argument names the client: http_client, wget, node or socket. Each sends 14 MiB and 30 MiB,
with Content-Length and in chunks, with a key that the mock takes (413) and one that it does not
(401). A client that is not installed is skipped with its name and the reason (exit code 77).
"""
import json
import shutil
import sys

from harness import KEY, main
from wire import CHUNKED, PATH, Peer, chunked, head_of, summary

SKIP = 77
TRIES = 3
MIB = 1024 * 1024
TOO_LARGE = (413, "FILE_SIZE_EXCEEDS_LIMIT")
NO_KEY = (401, "ERROR_USER_NOT_EXISTS")
CONTENT_TYPE = "multipart/form-data; boundary=B"

HTTP_CLIENT = """
import http.client, sys
host, port, path, key, kind, size, framing = sys.argv[1:]
piece, count = bytes(65536), int(size) // 65536
body = (piece for _ in range(count))
headers = {"ailabapi-api-key": key, "Content-Type": kind}
if framing == "length":
    headers["Content-Length"] = size
connection = http.client.HTTPConnection(host, int(port), timeout=30)
connection.request("POST", path, body, headers)  # chunked where no length is given
answer = connection.getresponse()
print(answer.status)
sys.stdout.write(answer.read().decode())
"""

NODE = """
const http = require("http");
const [host, port, path, key, kind, size, framing] = process.argv.slice(1);
const headers = { "ailabapi-api-key": key, "Content-Type": kind };
if (framing === "length") headers["Content-Length"] = size;
const piece = Buffer.alloc(65536);
const request = http.request({ host, port, path, method: "POST", headers }, (answer) => {
    let text = "";
    answer.on("data", (more) => (text += more));
    answer.on("end", () => {
        console.log(answer.statusCode + "\\n" + text);
        process.exit(0);
    });
});
let left = Number(size) / piece.length;
(function more() {
    while (left > 0) {
        left -= 1;
        if (!request.write(piece)) return request.once("drain", more);
    }
    request.end();
})();
"""


def script(*interpreter):
    """A client that prints the status and the answer's JSON."""

    def send(suite, mock, key, size, framing):
        words = [mock.host, str(mock.port), PATH, key, CONTENT_TYPE, str(size), framing]
        done = suite.run([*interpreter, *words], limit_s=40)
        status, _, text = done.stdout.decode().partition("\n")
        try:
            return int(status), json.loads(text)["error_detail"]["code"]
        except ValueError:
            return f"exit code {done.returncode}: {done.stderr.decode()[-300:]}"

    return send


def wget(suite, mock, key, size, framing):
    """Always with Content-Length. It gives up at the status line of a 401, whatever the options."""
    body, out = suite.path("upload"), suite.path("answer")
    with open(body, "wb") as file:
        file.truncate(size)
    words = ["wget", "--no-verbose", "--tries=1", "--timeout=30", "--content-on-error"]
    words += ["--server-response", f"--post-file={body}", f"--output-document={out}"]
    words += [f"--header=ailabapi-api-key: {key}", f"--header=Content-Type: {CONTENT_TYPE}"]
    done = suite.run([*words, mock.url + PATH], limit_s=40)
    lines = [line.split() for line in done.stderr.decode().splitlines() if "HTTP/1.1" in line]
    if lines and lines[-1][1] == "401":
        return NO_KEY
    try:
        with open(out, "rb") as file:
            return int(lines[-1][1]), json.load(file)["error_detail"]["code"]
    except (IndexError, OSError, ValueError) as error:
        return f"exit code {done.returncode}: {error}: {done.stderr.decode()[-300:]}"


def raw_socket(suite, mock, key, size, framing):
    """Blocks until everything is sent, and only then reads."""
    body = bytes(size)
    if framing == "chunked":
        data = head_of(None, key=key, more=CHUNKED) + chunked(body, 1 << 16)
    else:
        data = head_of(size, key=key) + body
    with Peer(mock) as peer:
        peer.sock.settimeout(30 * suite.patience)
        try:
            peer.sock.sendall(data)
        except OSError as error:
            return f"while sending: {error}"
        peer.sock.setblocking(False)
        return summary(peer.answer(limit_s=30))


FRAMINGS = ("length", "chunked")
CLIENTS = {
    "http_client": (lambda: True, script(sys.executable, "-c", HTTP_CLIENT), FRAMINGS),
    "wget": (lambda: shutil.which("wget"), wget, FRAMINGS[:1]),
    "node": (lambda: shutil.which("node"), script("node", "-e", NODE), FRAMINGS),
    "socket": (lambda: True, raw_socket, FRAMINGS),
}


def test(suite):
    name = suite.rest[0]
    installed, send, framings = CLIENTS[name]
    if not installed():
        print(f"SKIP: {name} is not installed")
        suite.close()
        sys.exit(SKIP)
    mock = suite.start("--api-key", KEY)
    for framing in framings:
        for size in (14 * MIB, 30 * MIB):
            for key, expected in ((KEY, TOO_LARGE), ("unknown", NO_KEY)):
                seen = [send(suite, mock, key, size, framing) for _ in range(TRIES)]
                suite.checks.equal(
                    f"{name}, {size // MIB} MiB, {framing}: {expected[0]} {TRIES} of {TRIES} times",
                    seen,
                    [expected] * TRIES,
                )
    mock.stop()


if __name__ == "__main__":
    main(test)
