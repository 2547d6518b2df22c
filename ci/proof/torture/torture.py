"""The driver of ci/torture: counts the calls of each use, lets each of them fail, and judges.

It is started by ci/torture, whose --help tells the rest.
"""

import argparse
import collections
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import time

import limits
import uses_life
import uses_once
import uses_serve
from calls import CALLS, HERE, MODES, WAYS, Fault
from programs import Place

USES = {use.name: use for use in uses_life.USES + uses_serve.USES + uses_once.USES}
Wrong = collections.namedtuple("Wrong", "use fault why where")
_places, _uses = {}, {}  # of this worker
_known = []
MOST = 8  # numbers of each call, kind and mode
EVERY = 1000000000
QUICK_CALLS = 4  # of each use
QUICK_PATIENCE_S = 0.5


class Known:
    """The table of what libraries do wrong, each row with its reason."""

    def __init__(self):
        self.rows, self.seen = [], set()
        with open(os.path.join(HERE, "known.tsv"), encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    self.rows.append(line.rstrip("\n").split("\t"))

    def explains(self, wrong):
        for number, (use, call, kind, caller, pattern, _) in enumerate(self.rows):
            fault = wrong.fault.split()
            if (
                re.fullmatch(use, wrong.use)
                and re.fullmatch(call, fault[0])
                and re.fullmatch(kind, fault[2])
                and re.search(caller, wrong.where)
                and re.search(pattern, wrong.why, re.S)
            ):
                self.seen.add(number)
                return True
        return False

    def unseen(self, options):
        return [
            row
            for number, row in enumerate(self.rows)
            if number not in self.seen and must_happen(row, options)
        ]


def must_happen(row, options):
    """A sanitizer tells of leaks, and lets no allocation fail. Of thousands of allocations most runs
    try a few, and may miss those of a row."""
    sanitized = options.slow > 1
    if row[1] == "malloc":
        return not sanitized and options.most >= EVERY
    return sanitized or "sanitizer" not in row[4]


def use_of(options, name):
    """One of each in a worker, with its own folder, kept for all its tasks."""
    if name not in _uses:
        more = {"patience_s": QUICK_PATIENCE_S} if options.quick else {}
        _places[name] = Place(options.bin, options.library, options.source, options.slow, **more)
        _uses[name] = USES[name](_places[name])
    return _uses[name]


def drop(name):
    """Ends what the use has left running; what is wrong with that end."""
    use = _uses.pop(name, None)
    place = _places.pop(name, None)
    try:
        return use.close() if use else None
    finally:
        if place:
            place.close()


def count(task):
    options, name = task
    try:
        return name, use_of(options, name).count()
    finally:
        drop(name)


def picked(options, name, call, kind, mode, calls):
    """The numbers to try: all where they are few, else spread over all, always the first and the
    last."""
    if calls <= options.most:
        return range(1, calls + 1)
    if options.most == 0:
        return [1]
    chance = random.Random(f"{options.seed} {name} {call} {kind} {mode}")
    step = calls / options.most
    numbers = {min(calls, 1 + int((i + chance.random()) * step)) for i in range(options.most)}
    return sorted({1, calls} | numbers)


def where(options, place):
    """The callers of the call that failed: libraries by name, our own functions by addr2line."""
    found = []
    for path, symbol in place.who()[:10]:
        library = os.path.basename(path).split(".so")[0]
        function = symbol.split("+")[0]
        if os.path.dirname(path) == os.path.realpath(options.bin):
            names = [function] if function else our_functions(path, symbol[1:])
        else:
            names = [f"{library}:{function}" if function else library]
        for name in names:
            if name and not is_of_sanitizer(name) and (not found or found[-1] != name):
                found.append(name)
    return " < ".join(found)


def is_of_sanitizer(name):
    """A program with a sanitizer has functions of its own before those of the C library."""
    return name == "backtrace" or name.removeprefix("__interceptor_") in CALLS


def our_functions(path, offset):
    """The function, and behind it those that it was made a part of."""
    words = ["addr2line", "-f", "-i", "-e", path, offset]
    try:
        said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return [offset]
    return said.split("\n")[:-1:2]


def ways(options, name, call):
    """Of --quick one, which the seed chooses."""
    if not options.quick:
        return WAYS[call]
    return [random.Random(f"{options.seed} {name} {call}").choice(WAYS[call])]


def sampled(options, name, calls):
    """For --quick: some of the functions, and those of mended.tsv."""
    some = set(random.Random(f"{options.seed} {name}").sample(calls, min(len(calls), QUICK_CALLS)))
    some |= {call for use, call, *_ in read_mended() if use == name}
    return [call for call in calls if call in some]


def read_mended():
    """(use, call, number, kind, mode) of each row of mended.tsv"""
    with open(os.path.join(HERE, "mended.tsv"), encoding="utf-8") as file:
        rows = [line.split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(use, *fault.split()) for use, fault, _ in rows]


def faults(options, name, call, calls):
    """Those to try of one call of a use, once each; what was mended is among them."""
    found = [
        (call, number, kind, mode)
        for kind, mode in ways(options, name, call)
        for number in picked(options, name, call, kind, mode, calls)
    ]
    mended = [
        (of, int(number), kind, mode)
        for use, of, number, kind, mode in read_mended()
        if (use, of) == (name, call)
    ]
    return [Fault(*one) for one in dict.fromkeys(found + mended)]


def inject_all(options, name, series, wanted):
    """(injected, missed, wrong ones); the use ends behind them."""
    injected = missed = 0
    wrong = []
    try:
        for fault in wanted:
            use = use_of(options, name)
            use.place.forget()
            hit, why = use.inject(fault)
            missed += not hit
            injected += hit
            if why:
                wrong.append(Wrong(name, str(fault), why, where(options, use.place)))
                tell(options, wrong[-1])
    finally:
        why = drop(name)
        if why:
            wrong.append(Wrong(name, f"{series} 1 - series", why, ""))
            tell(options, wrong[-1])
    return injected, missed, wrong


def inject(task):
    """(use, injected, missed, wrong ones) of one call"""
    options, name, call, calls = task
    return name, *inject_all(options, name, call, faults(options, name, call, calls))


def sample(task):
    """(use, its counts, injected, missed, wrong ones): all that --quick does with one use. A start
    takes longer than a fault, so there is one for all of them."""
    options, name, only = task
    counts = use_of(options, name).count()
    wanted = [
        fault
        for call in sampled(options, name, [call for call in counts if call in only])
        for fault in faults(options, name, call, counts[call])
    ]
    return name, counts, *inject_all(options, name, "several", wanted)


def repeat_line(wrong):
    return f"ci/torture {wrong.use} {wrong.fault}"


def tell(options, wrong):
    """At once, for a whole run is long."""
    if not _known:
        _known.append(Known())
    if _known[0].explains(wrong):
        if options.verbose:
            print(f"  known  {wrong.use} {wrong.fault}: {wrong.why[:160]}", flush=True)
        return
    print(f"  WRONG  {wrong.use} {wrong.fault}: {wrong.why}")
    if wrong.where:
        print(f"         called by: {wrong.where}")
    print(f"         repeat: {repeat_line(wrong)}", flush=True)


class Tally:
    def __init__(self, options):
        self.options = options
        self.known = Known()
        self.rows = {}
        self.wrong = []

    def counted(self, name, counts):
        row = {"calls": sum(counts.values()), "functions": len(counts)}
        self.rows[name] = {**row, "injected": 0, "missed": 0, "wrong": 0, "known": 0, "s": 0.0}

    def add(self, name, injected, missed, wrong):
        row = self.rows[name]
        row["injected"] += injected
        row["missed"] += missed
        for one in wrong:
            if self.known.explains(one):
                row["known"] += 1
            else:
                row["wrong"] += 1
                self.wrong.append(one)

    def line(self, name):
        row = self.rows[name]
        print(
            f"{name:12} {row['calls']:8} calls of {row['functions']:3} functions, "
            f"{row['injected']:6} made to fail, {row['missed']:4} not reached, "
            f"{row['known']:4} known, {row['wrong']:4} wrong  {USES[name].__doc__.split(chr(10))[0]}",
            flush=True,
        )


def chosen(options):
    """{use: its calls} by --only PROGRAM[/CALL], where a use's name does too."""
    found = {}
    for name, use in USES.items():
        for only in options.only or [""]:
            program, _, call = only.partition("/")
            if program in ("", name, use.program):
                found.setdefault(name, set()).update([call] if call else CALLS)
    return found


def torture_all(options, tally, pool):
    wanted = chosen(options)
    tasks = []
    for name, counts in pool.imap(count, [(options, name) for name in wanted], chunksize=1):
        tally.counted(name, counts)
        calls = [call for call in counts if call in wanted[name]]
        tasks += [(options, name, call, counts[call]) for call in calls]
    left = collections.Counter(task[1] for task in tasks)
    # The long ones first, so that no worker ends alone.
    tasks.sort(key=lambda task: -min(task[3], options.most) * len(WAYS[task[2]]))
    for name, injected, missed, wrong in pool.imap_unordered(inject, tasks, chunksize=1):
        tally.add(name, injected, missed, wrong)
        left[name] -= 1
        if left[name] == 0:
            tally.line(name)


def torture_some(options, tally, pool):
    """The same for --quick. Servers wait much, so they come first."""
    tasks = [(options, name, only) for name, only in chosen(options).items()]
    tasks.sort(key=lambda task: not issubclass(USES[task[1]], uses_serve.Serving))
    for name, counts, *found in pool.imap_unordered(sample, tasks, chunksize=1):
        tally.counted(name, counts)
        tally.add(name, *found)
        tally.line(name)


def torture_one(options):
    name, call, number, kind, mode = options.one
    fault = Fault(call, number, kind, mode)
    try:
        use = use_of(options, name)
        hit, why = use.inject(fault)
        callers = where(options, use.place)
    finally:
        drop(name)
    if callers:
        print(f"called by: {callers}")
    if why:
        print(f"WRONG: {why}")
    elif not hit:
        print(f"not reached: there was no call of that number (calls seen: {count((options, name))})")
    else:
        print("as it should be")
    return 1 if why else 0


def write_json(path, tally, limits_rows, seconds):
    known = [dict(zip(("use", "call", "kind", "where", "what", "why"), row)) for row in tally.known.rows]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(
            {
                "uses": tally.rows,
                "limits": limits_rows,
                "functions": len(CALLS),
                "injected": sum(row["injected"] for row in tally.rows.values()),
                "wrong": [one._asdict() for one in tally.wrong],
                "known": known,
                "seconds": round(seconds, 1),
                "seed": tally.options.seed,
            },
            file,
            indent=1,
        )
        file.write("\n")


def read_options():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--slow", type=float, default=1)
    parser.add_argument("--only", action="append")
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2 * os.cpu_count())
    parser.add_argument("--json")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-limits", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("one", nargs="*")
    options = parser.parse_args()
    for only in options.only or []:
        program, _, call = only.partition("/")
        if program not in {*USES, *(use.program for use in USES.values())}:
            parser.error(f"--only: no program or use is called {program}; uses: {' '.join(USES)}")
        if call and call not in CALLS:
            parser.error(f"--only: calls.def has no {call}")
    if options.quick:
        options.most, options.no_limits = 0, True
    if options.one and (len(options.one) != 5 or options.one[0] not in USES):
        parser.error(f"one injection is USE CALL NUMBER KIND MODE; uses: {' '.join(USES)}")
    if options.one:
        call, kind, mode = options.one[1], options.one[3], options.one[4]
        if (kind, mode) not in WAYS.get(call, ()):
            parser.error(f"calls.def has no {call} {kind} {mode}; modes: {' '.join(MODES)}")
    return options


def main():
    options = read_options()
    if options.one:
        return torture_one(options)
    started = time.monotonic()
    tally = Tally(options)
    try:
        with multiprocessing.Pool(options.jobs) as pool:
            (torture_some if options.quick else torture_all)(options, tally, pool)
    except RuntimeError as error:  # it does not even work without a fault
        print(f"torture: {error}", file=sys.stderr)
        return 3
    rows = [] if options.no_limits or options.only else limits.run_all(options)
    seconds = time.monotonic() - started
    # A run that should meet all that is known:
    whole = not options.only and not options.quick and options.most >= MOST
    unseen = tally.known.unseen(options) if whole else []
    for row in unseen:
        print(f"  NO MORE  {' '.join(row[:3])} is known, and has not happened: {row[4]}")
    if options.json:
        write_json(options.json, tally, rows, seconds)
    injected = sum(row["injected"] for row in tally.rows.values())
    known = sum(row["known"] for row in tally.rows.values())
    bad_limits = sum(row["wrong"] for row in rows)
    print(
        f"{len(tally.rows)} uses, {injected} calls made to fail, {len(tally.wrong)} wrong, "
        f"{known} known; {len(rows)} limits, {bad_limits} wrong; {len(unseen)} known no more; "
        f"{seconds:.0f} s"
    )
    return 1 if tally.wrong or bad_limits or unseen else 0


if __name__ == "__main__":
    sys.exit(main())
