"""A campaign: which mutants are judged, in which order, and what is known of them from before."""

import argparse
import collections
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import re
import time

import harness
import report
from build import say

# What a test may read besides its program, into which its own source was built.
READ = re.compile(r"(^|/)(tests|testing|fuzz|fixtures|examples|known|conformance/client)/(?!.*\.[ch]$)")


def read_by_tests(built):
    return [os.path.join(built.tree, name) for name in built.tracked() if READ.search(name)]


class State:
    """Results kept by mutant. One holds while the mutant's file is unchanged; that of a killed one,
    while its killer is a test. A survivor is to be judged anew once a test has changed, or when it is
    given more time: until then it counts as one. again: those, with the tests that need not be asked."""

    def __init__(self, path, built, tests, cap):
        self.path, self.results, self.again, self.cap = path, {}, {}, cap
        self.names = {test.name for test in tests}
        self.tests = harness.digest([], sorted((test.name, test.digest) for test in tests))
        self.file = {n: hashlib.sha256(s).hexdigest()[:16] for n, s in built.sources.items()}
        self.mutants = built.mutants
        if os.path.exists(path):
            with open(path) as file:
                for line in file:
                    row = json.loads(line)
                    if row["id"] in self.mutants:
                        self.read(row)

    def read(self, row):
        """A later row of the same mutant takes the place of an earlier one, also when it does not hold."""
        self.results.pop(row["id"], None)
        self.again.pop(row["id"], None)
        killed = row["status"] in report.KILLED
        if row["file"] != self.file[self.mutants[row["id"]].file] or killed and row["killer"] not in self.names:
            return
        self.results[row["id"]] = row
        if not killed and (row["of_tests"] != self.tests or row.get("capped") and row.get("cap", 0) < self.cap):
            self.again[row["id"]] = row.get("passed", {})

    def add(self, mutant, result):
        self.again.pop(mutant.id, None)
        row = {"id": mutant.id, "file": self.file[mutant.file], "of_tests": self.tests, "cap": self.cap, **result}
        self.results[mutant.id] = row
        with open(self.path, "a") as file:
            file.write(json.dumps(row) + "\n")


def choose(options, rooms, mutants):
    """By turns a mutant of each room, within a room in an order that the seed makes: so a sample is
    the beginning of everything."""
    of_room = collections.defaultdict(list)
    wanted = [room for room in options.rooms.split(",") if room]
    for mutant in mutants.values():
        room = rooms.of(mutant.file)
        if (not wanted or room in wanted) and \
                (not options.files or any(fnmatch.fnmatch(mutant.file, glob) for glob in options.files)):
            of_room[room].append(mutant)
    for room, some in of_room.items():
        some.sort(key=lambda m: hashlib.sha256((options.seed + m.id).encode()).digest())
    order = [of_room[room] for room, _, _ in rooms.rows if of_room[room]]
    turns = [some[at] for at in range(max(map(len, order), default=0)) for some in order if at < len(some)]
    return turns[:options.sample] if options.sample else turns


def drawn_from(options, rooms, mutants):
    """All that a sample stands for: the same mutants without its size."""
    return choose(argparse.Namespace(**{**vars(options), "sample": None}), rooms, mutants)


def has_its_name(test, file):
    """mockserver.rules_order and mockserver.rules are tests of rules.c."""
    stem, last = os.path.basename(file)[:-2], test.name.rpartition(".")[2]
    return (stem + "_").startswith(last + "_") or (last + "_").startswith(stem + "_")


def order_of(tests, mutant, killers):
    """The fastest first; a test that killed mutants of this function, file or folder before, or has the
    file's name, may take longer: a slow one waits all the same, for a mutant that hangs costs it most."""
    def cost(test):
        near = [killers[mutant.file, mutant.function, test.name],
                killers[mutant.file, test.name] + has_its_name(test, mutant.file),
                killers[os.path.dirname(mutant.file), test.name]]
        return test.seconds / (1 + 30 * near[0] + 10 * near[1] + near[2])
    return sorted(tests, key=cost)


def run(options, built, state, chosen, tests, reached, listed=()):
    """Judges those of the chosen that have no result, until the time is over. The listed ones, which were
    judged by hand, come last: each costs all tests that reach it."""
    began, done, killers = time.monotonic(), 0, collections.Counter()

    def learn(result):
        if result.get("killer"):
            mutant = built.mutants[result["id"]]
            killers[mutant.file, mutant.function, result["killer"]] += 1
            killers[mutant.file, result["killer"]] += 1
            killers[os.path.dirname(mutant.file), result["killer"]] += 1

    for result in state.results.values():
        learn(result)
    left = [m for m in chosen if options.again or m.id not in state.results or m.id in state.again]
    left.sort(key=lambda m: (m.id in listed, m.id not in state.again))   # the others stay in their order
    say("%d mutants chosen, %d of them to be judged" % (len(chosen), len(left)))
    folder = os.path.join(built.folder, "run")
    with concurrent.futures.ProcessPoolExecutor(options.jobs, initializer=harness.start_worker,
                                                initargs=(folder,)) as pool:
        running, queue, said = {}, iter(left), time.monotonic()
        while True:
            over = options.budget and time.monotonic() - began > options.budget
            while len(running) < options.jobs and not over:
                mutant = next(queue, None)
                if mutant is None:
                    break
                number = built.numbers[mutant.id]
                meeting = [t for t in tests if number < len(reached[t.name]) and reached[t.name][number]]
                if not meeting:
                    state.add(mutant, {"status": "unreached"})
                    done += 1
                    continue
                passed = {} if options.again else state.again.get(mutant.id, {})
                job = (number, order_of(meeting, mutant, killers), options.cap, passed)
                running[pool.submit(harness.judge, job)] = mutant
            if not running:
                break
            for future in concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED).done:
                mutant = running.pop(future)
                state.add(mutant, future.result())
                learn(state.results[mutant.id])
                done += 1
            if time.monotonic() - said > 30:
                said = time.monotonic()
                say("%d of %d judged, %d s" % (done, len(left), said - began))
    return done
