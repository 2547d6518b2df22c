"""A disk that is full at some point, a device that is, and programs that are stopped and go on."""

import ctypes
import multiprocessing
import os
import signal
import threading
import time

from programs import Server, run
from requests import Talk, ask, edit_request, is_good_edit, quietly
from uses_once import Authority, Cue, Edit, EditForce, JudgeInside, Run

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x00020000, 0x4000, 0x40000
_libc = ctypes.CDLL(None, use_errno=True)
KIB_SWEEP = (0, 4, 8, 12, 16, 20, 24, 32, 48, 64, 128)


# A small disk: a tmpfs in a mount namespace of a process of its own, which only root may have.


def enter_namespace():
    if _libc.unshare(CLONE_NEWNS) != 0:
        return False
    return _libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) == 0


def mount_disk(path, kib):
    """A disk of that size; 0 has room for names alone."""
    os.makedirs(path, exist_ok=True)
    room = f"size={kib or 4}k".encode()
    if _libc.mount(b"tmpfs", path.encode(), b"tmpfs", 0, room) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    if kib == 0:
        with open(os.path.join(path, "fills-it"), "wb") as file:
            file.write(bytes(4096))


def on_small_disk(limits, use):
    """One that writes into place.work."""

    def attempt(kib):
        place = limits.place
        place.work = place.path("disk")
        mount_disk(place.work, kib)
        try:
            return limits.once(use, None)
        finally:
            _libc.umount2(place.work.encode(), 2)  # MNT_DETACH
            place.work = place.folder

    return attempt


def disk_tests(limits):
    for use_type, name in (
        (Edit, "edit"),
        (EditForce, "edit --force"),
        (Cue, "cue"),
        (Authority, "ca"),
        (JudgeInside, "judge, reports and records"),
        (Run, "run, folder and coverage"),
    ):
        use = use_type(limits.place)
        use.count()
        try:
            sizes = KIB_SWEEP[1:] if use_type is EditForce else KIB_SWEEP  # the old one has room
            limits.sweep(f"{name}, a full disk", [*sizes, 4096], on_small_disk(limits, use))
        finally:
            use.close()
    limits.sweep("mock, a full disk", [0, 4096], port_file_on_disk(limits))


def port_file_on_disk(limits):
    def attempt(kib):
        disk = limits.place.path("disk")
        mount_disk(disk, kib)
        try:
            worked, why = limits.serve(None, ["--port-file", os.path.join(disk, "port")])
            left = [name for name in os.listdir(disk) if name != "fills-it"]
            return worked, why or (f"left on the disk: {left}" if left else None)
        finally:
            _libc.umount2(disk.encode(), 2)

    return attempt


def run_disk_tests(options, make_limits):
    """In a process of its own, whose mounts are its own."""

    def inside(pipe):
        limits = make_limits(options)
        try:
            if os.geteuid() != 0 or not enter_namespace():
                print("a full disk: left out, it wants root and a mount namespace", flush=True)
            else:
                disk_tests(limits)
            pipe.send(limits.rows)
        finally:
            limits.place.close()

    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=inside, args=(theirs,))
    process.start()
    theirs.close()
    try:
        rows = ours.recv()
    except EOFError:
        rows = [{"limit": "a full disk", "tried": 0, "wrong": 1}]
        print("  WRONG  a full disk: the test itself broke off", flush=True)
    process.join()
    return rows


def end(server, wrong):
    code = server.end().code
    if code != 0:
        wrong.append(f"exit code {code}")


# /dev/full


def full_device_tests(limits):
    place, wrong = limits.place, []
    with open("/dev/full", "wb") as full:
        cases = (
            (["ailab-mock", "contract"], "stdout", (3,)),
            (["ailab-mock", "--help"], "stdout", (3,)),
            (["ailab-mock", "ca", "--path", "--ca-dir", place.path("full-ca")], "stdout", (3,)),
            (["ailab-mock", "cue", "stall", place.picture, "/dev/full"], None, (2, 3)),
            (["ailab", "expressions"], "stdout", (2,)),
            (["ailab", "check", place.picture], "stdout", (2,)),
            (["ailab-conformance", "--list"], "stdout", (3,)),
            (["ailab-conformance", "--target", "mock", "--run", "key/*"], "stdout", (3,)),
            (
                ["ailab-conformance", "--target", "mock", "--run", "key/*"]
                + ["--report", "json:/dev/full"],
                None,
                (3,),
            ),
            (["ailab-mock", "--port", "0", "--port-file", "/dev/full"], None, (3,)),
        )
        for words, stream, codes in cases:
            ended = run(place, words, 15, False, **({stream: full} if stream else {}))
            if ended.crash or ended.code not in codes or not ended.err.strip():
                wrong.append(f"{words[:4]}: exit code {ended.code}, {ended.err[-200:]!r}")
    limits.row("a full device", len(cases), wrong)


def full_log_test(limits):
    """A mock whose log cannot be written serves all the same."""
    place, wrong = limits.place, []
    os.symlink("/dev/full", place.path("full.log"))
    server = Server(place, ["--log", "json"], False, name="full")
    if not server.wait_until_ready():
        wrong.append("it does not start")
    else:
        for _ in range(200):
            answer = quietly(ask, server.port, edit_request(limits.picture), 5)
            if not answer or not is_good_edit(*answer):
                wrong.append(f"an answer {answer}")
                break
    end(server, wrong)
    limits.row("mock, a log on a full device", 1, wrong)


# Stopped, and gone on.


def stop_tests(limits):
    limits.row("mock stopped in mid-answer", *stopped_server(limits))
    limits.row("client stopped in mid-upload", *stopped_client(limits))
    limits.row("mock stopped while idle, 20 times", *stopped_idle(limits))


def stopped_server(limits):
    wrong = []
    server = Server(limits.place, ["--request-timeout-ms", "3000"], False, name="stopped")
    if not server.wait_until_ready():
        return 1, ["it does not start"]
    try:
        with Talk(server.port, 15) as talk:
            talk.send(edit_request(limits.picture, key="mock:dribble"))
            first = talk.piece()
            os.kill(server.pid, signal.SIGSTOP)
            time.sleep(0.7)
            os.kill(server.pid, signal.SIGCONT)
            rest = first
            while piece := talk.piece():
                rest += piece
            if b"\r\n\r\n" not in rest or not rest.rstrip().endswith(b"}"):
                wrong.append(f"the answer was cut at {len(rest)} bytes")
        good = ask(server.port, edit_request(limits.picture), 5)
        if not is_good_edit(*good):
            wrong.append(f"after it: {good[0]}")
    except (OSError, ValueError, KeyError) as error:
        wrong.append(repr(error))
    end(server, wrong)
    return 1, wrong


def stopped_client(limits):
    """Its upload has its bound in time; others are served meanwhile."""
    wrong = []
    server = Server(limits.place, ["--request-timeout-ms", "800"], False, name="stopped")
    if not server.wait_until_ready():
        return 1, ["it does not start"]
    data = edit_request(limits.picture)
    try:
        before = server.descriptors()
        with Talk(server.port, 15) as talk:
            talk.send(data[: len(data) // 2])  # and no more: so does a client that was stopped
            good = ask(server.port, edit_request(limits.picture), 5)
            if not is_good_edit(*good):
                wrong.append(f"another client meanwhile: {good[0]}")
            late = time.monotonic() + 8
            while talk.piece():
                if time.monotonic() > late:
                    wrong.append("the mock waits for ever")
                    break
        late = time.monotonic() + 8
        while server.descriptors() > before and time.monotonic() < late:
            time.sleep(0.02)
        if server.descriptors() > before:
            wrong.append(f"descriptors: {server.descriptors()}, before {before}")
    except (OSError, ValueError, KeyError) as error:
        wrong.append(repr(error))
    end(server, wrong)
    return 1, wrong


def stopped_idle(limits):
    """SIGCONT interrupts waits that nothing else does: a mock neither ends nor spins by that."""
    wrong = []
    server = Server(limits.place, [], False, name="stopped")
    if not server.wait_until_ready():
        return 1, ["it does not start"]
    spent = server.cpu_s()
    for _ in range(20):
        os.kill(server.pid, signal.SIGSTOP)
        answered = []
        client = threading.Thread(
            target=lambda into=answered: into.append(
                quietly(ask, server.port, edit_request(limits.picture), 5)
            )
        )
        client.start()
        time.sleep(0.02)
        os.kill(server.pid, signal.SIGCONT)
        client.join()
        if not answered[0] or not is_good_edit(*answered[0]):
            wrong.append(f"an answer {answered[0]}")
    if server.cpu_s() - spent > 3:
        wrong.append(f"spins: {server.cpu_s() - spent:.1f} s of CPU")
    end(server, wrong)
    return 20, wrong
