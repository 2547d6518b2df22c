"""Many large uploads at once: they need a bounded memory, and slow ones do not keep others out.

The uploads are 4.9 MB, with a picture that decodes; bytes may follow a picture.
"""
import socket
import threading
import time

from harness import main
from wire import Peer, form, head_of, request, summary

OK = (200, "")
SIZE = 4_900_000
CROWD = 64
SLOW = 60
MEMORY_KB = 110 * 1024
PIECE, PAUSE_S, STALL_S = 256 * 1024, 0.04, 0.1
TURN_MS = 2500  # for one steady upload, which takes 0.8 s; the last of four waits for 2.4 s


def upload_of(suite, more=""):
    image = suite.picture("portrait.jpg")
    return request(form(image + bytes(SIZE - len(image))), more=more)


def status_of(mock, data, seen, number):
    """Sends all, reads all, keeps the status."""
    with socket.create_connection((mock.host, mock.port)) as sock:
        sock.settimeout(60 * mock.suite.patience)
        sock.sendall(data)
        first, size = sock.recv(64), 0
        while piece := sock.recv(1 << 18):
            size += len(piece)
        seen[number] = (first[9:12], size > SIZE)


def together(count, target, *arguments):
    seen = [None] * count
    threads = [
        threading.Thread(target=target, args=(*arguments, seen, number)) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def check_memory(suite, mock):
    data = upload_of(suite, "Connection: close\r\n")
    for _ in range(2):
        seen = together(CROWD, status_of, mock, data)
        suite.checks.equal(
            f"{CROWD} uploads at once are answered", seen, [(b"200", True)] * CROWD
        )
    peak = mock.memory()["VmHWM"]
    if suite.sanitized:
        suite.checks.note(f"memory is not judged in an instrumented build (VmHWM {peak} kB)")
    else:
        suite.checks.below("VmHWM after them", peak, MEMORY_KB, "kB")


def check_beside(suite, mock, why, slow):
    """A good upload is answered while slow clients hold connections."""
    start = time.monotonic()
    with Peer(mock) as peer:
        answer = peer.send(upload_of(suite)).answer()
        suite.checks.equal(f"an upload beside {why}", summary(answer), OK)
    suite.checks.note(f"after {time.monotonic() - start:.2f} s")
    suite.checks.that("which are still there", not any(peer.end for peer in slow))
    for peer in slow:
        peer.sock.close()


def check_stalled(suite, mock, why, sent, count=SLOW):
    slow = [Peer(mock) for _ in range(count)]
    for peer in slow:
        peer.outgoing = memoryview(upload_of(suite)[:sent])
        peer._write()
    limit = time.monotonic() + 3 * suite.patience  # those beyond the budget cannot send all
    while any(peer.outgoing for peer in slow) and time.monotonic() < limit:
        before = sum(peer.sent for peer in slow)
        for peer in slow:
            if peer.outgoing:
                peer._write()
        if sum(peer.sent for peer in slow) == before:
            time.sleep(0.005)
    check_beside(suite, mock, f"{count} that stall {why}", slow)


def check_not_reading(suite, mock):
    slow = [Peer(mock) for _ in range(20)]
    for peer in slow:
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.send(upload_of(suite))
    check_beside(suite, mock, "20 that do not read their answers", slow)


def steady(mock, data, notes, seen, number):
    """Sends a piece every few milliseconds, once the mock has said 100 Continue."""
    time.sleep(number * 0.05)  # the order in which they ask
    head, body = data[: -len(notes["body"])], notes["body"]
    with Peer(mock) as peer:
        peer.send(head)
        interim = peer.answer(bodiless=True, limit_s=30)
        start, longest = time.monotonic(), 0.0
        for at in range(0, len(body), PIECE):
            before = time.monotonic()
            peer.send(body[at : at + PIECE])
            time.sleep(PAUSE_S)
            longest = max(longest, time.monotonic() - before)
        end = time.monotonic()
        answer = peer.answer(limit_s=30)
        seen[number] = (interim and interim.status, summary(answer))
        notes["spans"].append((start, end, number))
        notes["longest"] = max(longest, notes["longest"])


def check_turns(suite):
    """With room for one body, each waits for its turn, and waiting costs it no time."""
    mock = suite.start(
        "--body-budget-bytes", "1", "--request-timeout-ms", str(TURN_MS * suite.patience)
    )
    image = suite.picture("portrait.jpg")
    body = form(image + bytes(SIZE - len(image)))
    notes = {"body": body, "spans": [], "longest": 0.0}
    data = head_of(len(body), more="Expect: 100-continue\r\n") + body
    seen = together(4, steady, mock, data, notes)
    suite.checks.equal("four that take turns are answered", seen, [(100, OK)] * 4)
    spans = sorted(notes["spans"])
    apart = all(one[1] <= next_one[0] + 0.05 for one, next_one in zip(spans, spans[1:]))
    if notes["longest"] >= STALL_S * 0.8:
        suite.checks.note("this machine was too busy to send steadily: turns are not judged")
    else:
        suite.checks.that("each is told to go on when the one before is over", apart, spans)
        suite.checks.equal("in the order of asking", [span[2] for span in spans], [0, 1, 2, 3])
    mock.stop()


def check_drain(suite):
    """A mock that is told to stop does not wait for those that wait."""
    mock = suite.start("--body-budget-bytes", "1", "--drain-timeout-ms", "300")
    slow = [Peer(mock) for _ in range(20)]
    for peer in slow:
        peer.send(upload_of(suite)[:2000])
    start = time.monotonic()
    mock.stop()
    suite.checks.below("it stops in", time.monotonic() - start, 3 * suite.patience, "s")
    for peer in slow:
        peer.sock.close()


def test(suite):
    mock = suite.start("--log", "off", "--trust-images", "--no-cache", "--result", "echo")
    check_memory(suite, mock)
    check_stalled(suite, mock, "before their body", 200)
    check_stalled(suite, mock, "in their first MB", 1_000_000)
    check_stalled(suite, mock, "before their last byte", SIZE, 20)
    check_not_reading(suite, mock)
    mock.stop()
    check_turns(suite)
    check_drain(suite)


if __name__ == "__main__":
    main(test)
