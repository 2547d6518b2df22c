"""Slow, silent, vanishing and many clients: the mock waits for them as long as it was told.

Its mocks have short time-outs, so that a bound is seen in a second. Every bound is generous towards
a busy machine and still far from what a mock without the bound would take.
"""
import os
import select
import socket
import time

from harness import main, until
from wire import Peer, arm, complaint, form, head_of, request, summary

OK = (200, "")
BAD = (400, "ERROR_PARAMETERS")
SHORT_MS = 500
BOUND_S = 4  # for whatever is to end after SHORT_MS


def drip(peer, data, pause_s, limit_s):
    """A byte at a time until the mock has had enough; returns the bytes sent."""
    limit = time.monotonic() + limit_s
    for count in range(len(data)):
        peer.outgoing = memoryview(data[count : count + 1])
        peer.pump(lambda: False, pause_s / peer.patience)
        if peer.end or peer.received or time.monotonic() > limit:
            return count + 1
    return len(data)


def timed(suite, why, mock, expected, act):
    """act(peer) is to be followed by these answers and the end of the connection, in time."""
    start = time.monotonic()
    with Peer(mock) as peer:
        act(peer)
        answer = peer.answer(limit_s=BOUND_S)
        seen = [summary(answer)] if answer else []
        seen.append(peer.ending(BOUND_S))
        said = answer.json()["error_detail"]["message"] if answer and answer.body else ""
    suite.checks.equal(f"{why}: answer and end", seen, expected + ["closed"])
    suite.checks.below(f"{why}: over", time.monotonic() - start, BOUND_S * suite.patience, "s")
    return said


def check_slow(suite, mock, good):
    head = good[: good.index(b"\r\n\r\n") + 4]
    timed(suite, "the head stops", mock, [BAD], lambda peer: peer.send(good[:40]))
    timed(suite, "the head drips", mock, [BAD], lambda peer: drip(peer, good, 0.05, 2 * BOUND_S))
    timed(suite, "nothing comes", mock, [], lambda peer: None)
    body_stops = timed(suite, "the body stops", mock, [BAD], lambda peer: peer.send(good[:2000]))
    suite.checks.that("and the answer says so", "not complete in time" in body_stops, body_stops)
    timed(suite, "the body never starts", mock, [BAD], lambda peer: peer.send(head))
    timed(
        suite,
        "the body drips",
        mock,
        [BAD],
        lambda peer: drip(peer.send(good[:2000]), good[2000:], 0.05, 2 * BOUND_S),
    )
    chunks = head_of(None, more="Transfer-Encoding: chunked\r\n") + b"5\r\nhel"
    timed(suite, "a chunk stops", mock, [BAD], lambda peer: peer.send(chunks))

    def idle(peer):
        peer.send(good)
        peer.answer()

    timed(suite, "a kept connection is idle", mock, [], idle)


def check_half_closed(suite, mock, good):
    """A client that ends its sending half after the request (nc -N) gets every answer whole."""
    for why, step, least_s in (
        ("at once", {"answer": "success"}, 0),
        ("delayed", {"delay": 700}, 0.7),
        ("dribbled", {"fault": {"name": "dribble", "amount": 80000}}, 0.5),
        ("after a slow upload", {"fault": {"name": "slow-upload", "amount": 80000}}, 0.5),
    ):
        suite.checks.equal(f"half-closed, {why}: armed", arm(mock, step), 200)
        start = time.monotonic()
        with Peer(mock) as peer:
            peer.send(good)
            peer.shut()
            answer = peer.answer()
            seen = [summary(answer), suite.describe(answer.image()) if answer else "", peer.ending()]
        suite.checks.equal(f"half-closed, {why}", seen, [OK, "JPEG 512x512", "closed"])
        took = time.monotonic() - start
        suite.checks.that(f"half-closed, {why}: not sooner", took >= least_s, f"{took:.2f} s")


def check_silent_crowd(suite, mock, good):
    """More silent clients than the mock has threads: they go, and the next one is served."""
    silent = [Peer(mock) for _ in range(160)]
    start = time.monotonic()
    with Peer(mock) as peer:
        suite.checks.equal(
            "160 silent clients do not keep a good one out", summary(peer.send(good).answer()), OK
        )
    suite.checks.below("which waited", time.monotonic() - start, 2 * BOUND_S * suite.patience, "s")
    for peer in silent:
        peer.sock.close()


def check_not_reading(suite, mock, good, large):
    """Clients that ask for megabytes and read nothing hold their threads for a bounded time."""
    before = descriptors_of(mock)
    greedy = [Peer(mock) for _ in range(4)]
    for peer in greedy:
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.outgoing = memoryview(large * 12)
        while peer.outgoing and select.select([], [peer.sock], [], 0.2)[1]:
            peer._write()
    with Peer(mock) as peer:
        suite.checks.equal("beside four that do not read", summary(peer.send(good).answer()), OK)
    suite.checks.that(
        "those that do not read are given up",
        until(lambda: descriptors_of(mock) <= before, 2 * BOUND_S * suite.patience),
        f"{before} descriptors before, {descriptors_of(mock)} after",
    )
    for peer in greedy:
        peer.sock.close()


def descriptors_of(mock):
    return len(os.listdir(f"/proc/{mock.process.pid}/fd"))


def check_vanishing(suite, mock, good):
    """Uploads that are abandoned leave no descriptor behind."""
    before = descriptors_of(mock)
    for number in range(200):
        peer = Peer(mock)
        peer.send(good[: 1000 + 400 * number])
        if number % 2:
            peer.reset()
        else:
            peer.sock.close()
    with Peer(mock) as peer:
        suite.checks.equal("after 200 abandoned uploads", summary(peer.send(good).answer()), OK)
    suite.checks.that(
        "their descriptors are closed",
        until(lambda: descriptors_of(mock) <= before + 2, 10 * suite.patience),
        f"{before} before, {descriptors_of(mock)} after",
    )
    for number in range(20):  # gone after asking, before reading
        peer = Peer(mock)
        peer.send(good)
        peer.reset()
    with Peer(mock) as peer:
        suite.checks.equal("after 20 that did not wait", summary(peer.send(good).answer()), OK)


def crowd(mock, data, count):
    """Opens all, then sends on all, then reads all: what came back and how often."""
    peers = [Peer(mock) for _ in range(count)]
    for peer in peers:
        peer.outgoing = memoryview(data)
        peer._write()
    results, ids = {}, set()
    for peer in peers:
        answer = peer.answer(limit_s=30)
        results[summary(answer)] = results.get(summary(answer), 0) + 1
        if answer and not complaint(answer):
            ids.add(answer.json()["request_id"])
    for peer in peers:
        peer.sock.close()
    return results, len(ids)


def check_crowds(suite, mock, good, last):
    for why, data in (("that stay", good), ("that leave", last)):
        results, ids = crowd(mock, data, 200)
        suite.checks.equal(f"200 connections at once {why} are answered", results, {OK: 200})
        suite.checks.equal(f"200 connections at once {why}: ids are unique", ids, 200)


def check_one_byte_at_a_time(suite, mock, good):
    with Peer(mock) as peer:
        for count in range(len(good)):
            peer.send(good[count : count + 1])
        suite.checks.equal(f"{len(good)} bytes, one at a time", summary(peer.answer()), OK)


def test(suite):
    body = form(suite.picture("portrait.jpg"))
    good = request(body)
    last = request(body, more="Connection: close\r\n")
    mock = suite.start("--log", "json")
    check_one_byte_at_a_time(suite, mock, good)
    check_crowds(suite, mock, good, last)
    check_vanishing(suite, mock, good)
    check_half_closed(suite, mock, good)
    mock.stop()
    mock = suite.start("--request-timeout-ms", str(SHORT_MS), "--idle-timeout-ms", str(SHORT_MS))
    check_slow(suite, mock, good)
    check_not_reading(suite, mock, good, request(form(suite.picture("portrait.png"))))
    check_silent_crowd(suite, mock, good)
    mock.stop()


if __name__ == "__main__":
    main(test)
