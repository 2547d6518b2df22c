"""Forms as PHP reads them into $_POST and $_FILES: its own server is asked over loopback.

A name that PHP rewrites (dots, blanks, brackets) comes rewritten. What cannot stand in a header is
not asked. PHP tells a fault of a form as a warning, which is taken for a refusal.
"""
import json
import os
import re
import socket
import subprocess
import sys
import threading

from records import answer_all, form_of

HERE = os.path.dirname(os.path.abspath(__file__))
LIMITS = [
    "-d",
    "display_errors=0",
    "-d",
    "log_errors=0",
    "-d",
    "max_file_uploads=100",
    "-d",
    "post_max_size=64M",
    "-d",
    "upload_max_filesize=64M",
    "-d",
    "max_multipart_body_parts=2000",
]


def start():
    """The server and its port. It says the port on standard error when it listens."""
    server = subprocess.Popen(
        ["php", "-n", *LIMITS, "-S", "127.0.0.1:0", os.path.join(HERE, "form_php.php")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in server.stderr:
        found = re.search(r"http://127\.0\.0\.1:(\d+)\) started", line)
        if found and found.group(1) != "0":
            return server, int(found.group(1))
    sys.exit("php did not start")


def ask(port, kind, body):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(
            b"POST / HTTP/1.1\r\nHost: php\r\nConnection: close\r\nContent-Type: "
            + kind
            + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
            + body
        )
        whole = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, answer = whole.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise ValueError("the server refused: %r" % head[:80])
    return json.loads(answer)


def main():
    server, port = start()
    threading.Thread(target=server.stderr.read, daemon=True).start()  # or its pipe fills

    def read(record):
        kind, body = form_of(record)
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", kind):
            return {"skipped": "its type is no header"}
        return ask(port, kind, body)

    try:
        answer_all(read)
    finally:
        server.terminate()
        server.wait()


main()
