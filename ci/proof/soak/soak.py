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
GROWTH = 0.05  # of the memory: what a straight line through the second half may rise
SPREAD = 2  # descriptors and threads: the same
ERRORS = 4  # standard errors of the line that are no evidence
END_S = 300  # the look for leaks stops every thread, and takes its time on a busy machine
FLAT_S = 300  # a shorter soak is over before all that fills up is full


def options_of_sanitizers():
    """A quarantine that is full in seconds, and stacks that are found again: memory that the
    sanitizer holds back grows no more in the second half."""
    add = {
        "ASAN_OPTIONS": "quarantine_size_mb=16:thread_local_quarantine_size_kb=64"
        ":malloc_context_size=8:detect_stack_use_after_return=1:strict_string_checks=1"
        ":detect_leaks=1:allow_addr2line=1:allocator_release_to_os_interval_ms=500",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "TSAN_OPTIONS": "second_deadlock_stack=1:history_size=2:flush_memory_ms=5000"
        ":allow_addr2line=1",
    }
    return {**os.environ, **add}


def start(program, folder, https):
    """The mock, when it is ready; its port."""
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
            words, stdout=subprocess.PIPE, stderr=err, env=options_of_sanitizers()
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


def watch(world, pid, seconds):
    """One measure a second. Ends early when the mock does."""
    rows, end = [], time.monotonic() + seconds
    said = time.monotonic()
    while time.monotonic() < end and world.mock.poll() is None:
        world.stop.wait(1)
        try:
            rows.append(measure(pid))
        except (OSError, KeyError):  # it is gone, or a zombie
            break
        if time.monotonic() - said > 60:
            said = time.monotonic()
            print(f"   {rows[-1][0]:.0f} MB, {rows[-1][1]} descriptors, {rows[-1][2]} threads",
                  file=sys.stderr)  # fmt: skip
    return rows


def at_rest(pid, descriptors):
    """The measure once those that left are gone, 20 s later at most."""
    limit = time.monotonic() + 20
    while True:
        row = measure(pid)
        if row[1] <= descriptors or time.monotonic() > limit:
            return row
        time.sleep(0.1)


# Judging


class Verdicts:
    def __init__(self):
        self.rows = []

    def judge(self, name, got, limit, holds):
        self.rows.append({"name": name, "got": got, "limit": limit, "holds": bool(holds)})
        print(f"{'PASS' if holds else 'FAIL'}  {name:44} {got}  ({limit})")

    def good(self):
        return all(row["holds"] for row in self.rows)


def judge_flatness(verdicts, rows):
    half = rows[len(rows) // 2 :]
    memory = sorted(row[0] for row in half)[len(half) // 2]
    for i, (name, bound) in enumerate(
        (("memory, MB", max(4, GROWTH * memory)), ("descriptors", SPREAD), ("threads", SPREAD))
    ):
        grown, error = rise([row[i] for row in half])
        middle = sorted(row[i] for row in half)[len(half) // 2]
        bound = max(bound, ERRORS * error)
        verdicts.judge(f"{name}: rise over the second half", f"{grown:+.1f} of {middle:.0f}",
                       f"<= {bound:.1f}", grown <= bound)  # fmt: skip


def judge_rest(verdicts, rows, before, after):
    verdicts.judge("descriptors when the clients have left", after[1], f"<= {before[1]}",
                   after[1] <= before[1])  # fmt: skip
    first = max(row[2] for row in rows[: len(rows) // 2] or rows)
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
        before = measure(mock.pid)
        world.learn()
        threads = start_clients(world, arguments.callers, scenarios)
        rows = watch(world, mock.pid, arguments.seconds)
        world.stop.set()
        for thread in threads:
            thread.join(talk.LIMIT_S)
        stuck = sum(thread.is_alive() for thread in threads)
        verdicts.judge("clients that came to no end", stuck, "0", stuck == 0)
        verdicts.judge("the mock lived to the end", mock.poll() is None, "True", mock.poll() is None)
        judge_answers(verdicts, world, arguments.seconds)
        if mock.poll() is None:
            if arguments.seconds >= FLAT_S:
                judge_flatness(verdicts, rows)
            judge_rest(verdicts, rows, before, at_rest(mock.pid, before[1]))
        judge_end(verdicts, mock, folder)
    finally:
        if mock.poll() is None:
            mock.kill()
    return verdicts, world, rows


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
                   "descriptors": [row[1] for row in rows],
                   "threads": [row[2] for row in rows], "complaints": world.complaints}  # fmt: skip
        with open(arguments.json, "w", encoding="ascii") as file:
            json.dump(figures, file, indent=1)
    return 0 if verdicts.good() else 1


if __name__ == "__main__":
    sys.exit(main())
