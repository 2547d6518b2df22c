#!/usr/bin/env python3
"""The sanitized soak: what ci/soak --sanitized runs for each sanitizer. It starts one mock and many
clients, watches the mock's memory, descriptors and threads, and judges all of it.

  soak.py --mock PROGRAM --seconds N [--https] [--seed N] [--callers N] [--json FILE] [--name NAME]

Exit code: 0 good, 1 not, 2 wrong usage, 3 could not be measured.
"""

import argparse
import json
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import talk
from admin import Administrator, Watcher, document
from callers import Caller, feel_the_pulse
from world import CUES, World

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
MARKS = re.compile(rb"(Address|Thread|Leak|Memory)Sanitizer|runtime error:")
# What the mock remembers is small, so that it is full in the first half. Some clients rest longer than
# the idle time.
OPTIONS = ("--port", "0", "--log", "off", "--journal-entries", "500", "--journal-bytes", "2097152",
           "--cache-bytes", "4194304", "--idle-timeout-ms", "10000", "--max-connections", "96")  # fmt: skip
AUTHORITY = "ailab-mock-ca.pem"
ADMINISTRATORS, WATCHERS = 3, 4
GROWTH, LEAST_MB = 0.05, 4  # of the memory: what a straight line through the second half may rise
SPREAD = 2  # descriptors and threads: the same
IN_USE = (1 << 18, 25)  # bytes that the memory in use may rise by, in all, and for each request
HEAP_S = 60  # until the mock says how much memory it has in use
TRIM_S = 3  # the mock gives its spare blocks back within
ERRORS = 4  # standard errors of the line that are no evidence
END_S = 300  # the look for leaks stops every thread, and takes its time on a busy machine
FLAT_S = 300  # a shorter soak is over before all that fills up is full


def options_of_sanitizers():
    """What a sanitizer itself keeps is small, so that it is full in the first half: the quarantine of
    freed memory, and the stacks of its own from which AddressSanitizer takes the variables of each
    thread. It goes round in those, and by default each of them has eleven megabytes."""
    add = {
        "ASAN_OPTIONS": "quarantine_size_mb=16:thread_local_quarantine_size_kb=4"
        ":malloc_context_size=8:detect_stack_use_after_return=1:max_uar_stack_size_log=16"
        ":strict_string_checks=1"
        ":detect_leaks=1:allow_addr2line=1:allocator_release_to_os_interval_ms=500",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "TSAN_OPTIONS": "second_deadlock_stack=1:history_size=2:flush_memory_ms=5000"
        ":allow_addr2line=1",
        # What a thread keeps for itself counts as in use to the C library.
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
    }
    return {**os.environ, **add}


def prepare_heap(folder):
    """What is added to the mock's environment so that it says how much memory it has in use."""
    library, fifo = os.path.join(folder, "heap.so"), os.path.join(folder, "heap")
    source = os.path.join(os.path.dirname(os.path.realpath(__file__)), "heap.c")
    words = ["clang", "-O1", "-shared", "-fPIC", "-pthread", "-o", library, source]
    subprocess.run(words, check=True)
    for end in (".ask", ".told"):
        os.mkfifo(fifo + end)
    return {"LD_PRELOAD": library, "SOAK_HEAP": fifo}


def start(program, folder, https):
    """The mock, when it is ready; its port."""
    environment = {**options_of_sanitizers(), **prepare_heap(folder)}
    scenarios = os.path.join(folder, "scenarios.json")
    with open(scenarios, "w", encoding="ascii") as file:
        json.dump(document(random.Random(0)), file)
    words = [program, *OPTIONS, "--scenarios", scenarios]
    if https:
        words += ["--https", "--ca-dir", os.path.join(folder, "authority")]
    if subprocess.run(["setarch", "-R", "true"], check=False, capture_output=True).returncode == 0:
        words = ["setarch", "-R", *words]  # clang before 18 and many random address bits
    with open(os.path.join(folder, "err"), "wb") as err:
        mock = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=err, env=environment
        )
    line = mock.stdout.readline().decode()
    found = re.search(r"ready at http://127\.0\.0\.1:(\d+)", line)
    if not found:
        raise RuntimeError(f"the mock did not start: {line}{read(folder, 'err').decode()}")
    return mock, int(found[1]), scenarios


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


# Measuring


def measure(pid):
    """(MB, descriptors, threads) of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(re.findall(r"^(\w+):\s+(\d+)", file.read(), re.M))
    return int(status["VmRSS"]) / 1024, len(os.listdir(f"/proc/{pid}/fd")), int(status["Threads"])


def memory_in_use(folder, asked=b"."):
    """Bytes, and whether a sanitizer counts them, by heap.c; with b"p", nothing is in quarantine."""
    fifo = os.path.join(folder, "heap")
    with open(fifo + ".told", "rb+", buffering=0) as told:
        with open(fifo + ".ask", "rb+", buffering=0) as ask:
            ask.write(asked)
        if not select.select([told], [], [], HEAP_S)[0]:
            raise RuntimeError("the mock does not say how much memory it has in use")
        size, sanitized = told.read(64).split()
    return int(size), sanitized == b"1"


def rise(values):
    """How much the straight line of least squares through the values rises from end to end, and the
    standard error of that."""
    count = len(values)
    if count < 3:
        return 0.0, 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    width = sum((i - middle) ** 2 for i in range(count))
    slope = sum((i - middle) * (v - mean) for i, v in enumerate(values)) / width
    rest = sum((v - mean - slope * (i - middle)) ** 2 for i, v in enumerate(values))
    return slope * (count - 1), (rest / (count - 2) / width) ** 0.5 * (count - 1)


def watch(world, folder, seconds):
    """One measure a second, with the MB in use. Ends early when the mock does."""
    rows, end = [], time.monotonic() + seconds
    said = time.monotonic()
    while time.monotonic() < end and world.mock.poll() is None:
        world.stop.wait(1)
        try:
            rows.append((*measure(world.mock.pid), memory_in_use(folder)[0] / 2**20))
        except (OSError, KeyError, RuntimeError):  # it is gone, or a zombie
            break
        if time.monotonic() - said > 60:
            said = time.monotonic()
            resident, descriptors, count, in_use = rows[-1]
            print(f"   {resident:.0f} MB, {in_use:.0f} of them in use, {descriptors} descriptors, "
                  f"{count} threads", file=sys.stderr)  # fmt: skip
    return rows


# What the mock remembers by its clients' wishes, and shall forget.
FORGET = (
    ("PUT", "mappings", {"scenarios": []}), ("POST", "reset", None), ("DELETE", "requests", None),
    ("POST", "settings", {"journal_entries": 500, "journal_bodies": False}),
)  # fmt: skip


def at_rest(world, folder, descriptors):
    """The measure once those that left are gone, 20 s later at most; and the memory in use once
    the mock has forgotten what it was told."""
    limit = time.monotonic() + 20
    while measure(world.mock.pid)[1] > descriptors and time.monotonic() < limit:
        time.sleep(0.1)
    row = measure(world.mock.pid)
    for method, path, order in FORGET:
        answer = world.call_admin(method, f"/__admin/{path}", order)
        if answer.status not in (200, 201):
            world.complain("soak", f"{method} {path}", f"got {answer}")
    time.sleep(TRIM_S)
    return row, memory_in_use(folder, b"p")[0]


# Judging


class Verdicts:
    def __init__(self):
        self.rows = []

    def judge(self, name, got, limit, holds):
        self.rows.append({"name": name, "got": got, "limit": limit, "holds": bool(holds)})
        print(f"{'PASS' if holds else 'FAIL'}  {name:44} {got}  ({limit})")

    def good(self):
        return all(row["holds"] for row in self.rows)


def judge_flatness(verdicts, half, sanitized):
    """By straight lines. Resident memory says nothing of a mock under AddressSanitizer: that keeps freed
    chunks of each size for each of a hundred threads, and takes longer than a soak to have them all."""
    columns = [(3, "memory in use, MB"), (1, "descriptors"), (2, "threads")]
    if not sanitized:
        columns.append((0, "resident memory, MB"))
    for i, name in columns:
        grown, error = rise([row[i] for row in half])
        middle = sorted(row[i] for row in half)[len(half) // 2]
        bound = max(LEAST_MB, GROWTH * middle) if name.endswith("MB") else SPREAD
        bound = max(bound, ERRORS * error)
        verdicts.judge(f"{name}: rise over the second half", f"{grown:+.1f} of {middle:.0f}",
                       f"<= {bound:.1f}", grown <= bound)  # fmt: skip


def judge_in_use(verdicts, world, middle, end):
    """middle and end: the bytes in use, and the requests so far."""
    grown, requests = end[0] - middle[0], end[1] - middle[1]
    least, each = IN_USE
    bound = max(least, each * requests)
    world.in_use = [middle[0], end[0]]
    verdicts.judge("memory in use at rest, kB: rise from middle to end",
                   f"{grown / 1024:+.0f} of {middle[0] / 1024:.0f}, {requests} requests",
                   f"<= {bound / 1024:.0f}", grown <= bound)  # fmt: skip


def judge_rest(verdicts, rows, before, after):
    verdicts.judge("descriptors when the clients have left", after[1], f"<= {before[1]}",
                   after[1] <= before[1])  # fmt: skip
    first = max(row[2] for row in rows)
    verdicts.judge("threads when the clients have left", after[2], f"<= {first}", after[2] <= first)


def judge_end(verdicts, mock, folder):
    """SIGTERM: exit code 0, and no word of a sanitizer, leaks among them."""
    if mock.poll() is None:
        mock.send_signal(signal.SIGTERM)
    try:
        code = mock.wait(END_S)
    except subprocess.TimeoutExpired:
        mock.kill()
        code = f"none after {END_S} s"
    err = read(folder, "err")
    found = MARKS.search(err)
    verdicts.judge("exit code after SIGTERM", code, "0", code == 0)
    verdicts.judge("complaints of the sanitizer, leaks too", "one" if found else "none", "none",
                   not found)  # fmt: skip
    if found or code != 0:
        sys.stdout.write(err[-6000:].decode("utf-8", "replace"))


def judge_answers(verdicts, world, seconds):
    counts = world.counts
    judged = sum(n for name, n in counts.items() if name.startswith("judged"))
    for name in sorted(counts):
        if name != "wrong":
            print(f"      {name:60} {counts[name]}")
    for line in world.complaints:
        print(f"      WRONG {line}")
    verdicts.judge("answers judged, of them wrong", f"{judged}, {counts['wrong']}", "some, 0",
                   judged > 0 and counts["wrong"] == 0)  # fmt: skip
    met = len(world.played)
    wanted = len(world.pairs) if seconds >= 300 else min(len(world.pairs), seconds)
    verdicts.judge("scenario and cue: pairs that were played", f"{met} of {len(world.pairs)}",
                   f">= {wanted}", met >= wanted)  # fmt: skip


# The soak


def start_clients(world, callers, scenarios):
    clients = [Caller(world, n) for n in range(callers)]
    clients += [Administrator(world, n, scenarios) for n in range(ADMINISTRATORS)]
    clients += [Watcher(world, n) for n in range(WATCHERS)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    threads.append(threading.Thread(target=feel_the_pulse, args=(world,), daemon=True))
    for thread in threads:
        thread.start()
    return threads


def requests_of(world):
    """How many there were, those of clients that left too."""
    counts = dict(world.counts)
    return sum(n for name, n in counts.items() if name.startswith(("judged", "left")))


def rest_in_the_middle(verdicts, world, folder, clients, before):
    """The bytes in use while no client has a connection, and the requests so far. Then all go on."""
    rested = world.gate.close(clients - 1, talk.LIMIT_S + 30)  # the pulse goes on
    verdicts.judge("all clients rest in the middle", rested, "True", rested)
    in_use = at_rest(world, folder, before[1] + 1)[1]
    world.gate.open.set()
    return in_use, requests_of(world)


def soak(arguments, folder):
    verdicts = Verdicts()
    mock, port, scenarios = start(arguments.mock, folder, arguments.https)
    try:
        authority = None
        if arguments.https:
            authority = os.path.join(folder, "authority", AUTHORITY)
        with open(os.path.join(ROOT, "fixtures/images/portrait-small.jpg"), "rb") as file:
            picture = file.read()
        world = World(mock, arguments.seed, talk.Road(port, authority), picture)
        sanitized = memory_in_use(folder)[1]  # heap.c has its descriptors from then on
        before = measure(mock.pid)
        world.learn()
        threads = start_clients(world, arguments.callers, scenarios)
        is_long = arguments.seconds >= FLAT_S
        first = watch(world, folder, arguments.seconds // 2)
        if is_long:
            middle = rest_in_the_middle(verdicts, world, folder, len(threads), before)
        second = watch(world, folder, arguments.seconds - arguments.seconds // 2)
        world.stop.set()
        for thread in threads:
            thread.join(talk.LIMIT_S)
        stuck = sum(thread.is_alive() for thread in threads)
        verdicts.judge("clients that came to no end", stuck, "0", stuck == 0)
        verdicts.judge("the mock lived to the end", mock.poll() is None, "True", mock.poll() is None)
        judge_answers(verdicts, world, arguments.seconds)
        if mock.poll() is None:
            after = at_rest(world, folder, before[1])
            if is_long:
                judge_flatness(verdicts, second, sanitized)
                judge_in_use(verdicts, world, middle, (after[1], requests_of(world)))
            judge_rest(verdicts, first, before, after[0])
        judge_end(verdicts, mock, folder)
    finally:
        if mock.poll() is None:
            mock.kill()
    return verdicts, world, first + second


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--mock", required=True)
    parser.add_argument("--name", default="soak")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--callers", type=int, default=24)
    parser.add_argument("--https", action="store_true")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the mock ends too
    print(f"-- {arguments.name}: {arguments.seconds} s, --seed {arguments.seed}")
    folder = tempfile.mkdtemp(prefix="ailab-soak-")
    try:
        verdicts, world, rows = soak(arguments, folder)
    except (RuntimeError, OSError, talk.Gone) as error:
        print(f"soak: {error}", file=sys.stderr)
        return 3
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        figures = {"name": arguments.name, "seconds": arguments.seconds, "seed": arguments.seed,
                   "https": arguments.https, "counts": dict(world.counts), "verdicts": verdicts.rows,
                   "pairs": len(world.pairs), "cues": list(CUES),
                   "memory_mb": [round(row[0], 1) for row in rows],
                   "in_use_mb": [round(row[3], 1) for row in rows],
                   "descriptors": [row[1] for row in rows],
                   "threads": [row[2] for row in rows], "in_use_bytes": world.in_use,
                   "longest_refusal_s": round(world.longest_refusal_s, 2), "complaints": world.complaints}  # fmt: skip
        with open(arguments.json, "w", encoding="ascii") as file:
            json.dump(figures, file, indent=1)
    return 0 if verdicts.good() else 1


if __name__ == "__main__":
    sys.exit(main())
