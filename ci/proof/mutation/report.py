"""What a campaign found: a table of rooms, the survivors, and whether the rows of survivors.tsv hold."""

import collections

from build import say

KILLED = ("killed", "timeout")
KINDS = ("equivalent", "performance", "text", "open")
COLUMNS = ("mutants", "run", "killed", "timeout", "survived", "unreached", "equivalent")


def read_table(path, columns):
    rows = []
    with open(path) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                fields = line.rstrip("\n").split("\t")
                if len(fields) != columns:
                    raise SystemExit("%s: not %d fields: %s" % (path, columns, line.strip()))
                rows.append(fields)
    return rows


def read_survivors(path):
    rows = read_table(path, 3)
    for name, kind, _ in rows:
        if kind not in KINDS:
            raise SystemExit("%s: %s is of no kind: %s" % (path, name, kind))
    listed = {row[0]: (row[1], row[2]) for row in rows}
    if len(listed) != len(rows):
        raise SystemExit("%s: a mutant is named twice" % path)
    return listed


def count(rooms, room_of, mutants, results, listed):
    """A row a room. A listed equivalent leaves the count; if it was killed after all, it is rot."""
    rows = {room: dict.fromkeys(COLUMNS, 0) for room, _, _ in rooms}
    for mutant in mutants:
        row = rows[room_of(mutant.file)]
        row["mutants"] += 1
        result = results.get(mutant.id)
        if not result:
            continue
        if listed.get(mutant.id, ("",))[0] == "equivalent":
            row["equivalent"] += 1
            continue
        row["run"] += 1
        status = result["status"]
        row["killed"] += status in KILLED
        row["timeout"] += status == "timeout"
        row["unreached"] += status == "unreached"
        row["survived"] += status not in KILLED
    for row in rows.values():
        row["percent"] = round(100 * row["killed"] / row["run"], 1) if row["run"] else None
    return rows


def rot_of(mutants, results, listed):
    """Rows that are no longer true."""
    faults = []
    for name in listed:
        if name not in mutants:
            faults.append("no such mutant: " + name)
        elif results.get(name, {}).get("status") in KILLED:
            faults.append("killed now, by %s: %s" % (results[name].get("killer"), name))
    return faults


def command_of(options):
    """The call that gives the same figures."""
    words = ["ci/mutate", "--sample %d" % options.sample if options.sample else "--all"]
    words += ["--by suite"] if options.by == "suite" else []
    words += ["--rooms " + options.rooms] if options.rooms else []
    words += ["--files '%s'" % pattern for pattern in options.files]
    words += ["--seed " + options.seed] if options.sample else []
    return " ".join(words)


def note_of(options, mutants, judged, stands_for):
    """What a reader must know of the figures: a sample is no whole."""
    if options.sample:
        return "A sample by seed %s: of %s mutants %s were drawn, the rooms by turns, and %s of these are judged." % (
            options.seed, *("{:,}".format(n) for n in (stands_for, len(mutants), judged)))
    if judged < len(mutants):
        return "Not whole yet: of %s mutants %s are judged." % ("{:,}".format(len(mutants)), "{:,}".format(judged))
    return "Every mutant is judged."


def place(mutant):
    return "%s:%d: %s: %s" % (mutant.file, mutant.line, mutant.operator, mutant.text[:100])


def show(rooms, rows, dropped, mutants, results, listed, rot, verbose=True):
    """Prints it all; the rooms below their minimum."""
    if verbose:
        survivors = [m for m in mutants.values() if m.id in results and results[m.id]["status"] not in KILLED]
        for mutant in sorted(survivors, key=lambda m: (m.file, m.line)):
            kind = listed.get(mutant.id, (results[mutant.id]["status"],))[0]
            print("%-10s %s\n           %s" % (kind, place(mutant), mutant.id))
    print("%-13s %8s %6s %7s %8s %9s %10s %11s %8s %8s" % (
        "room", "mutants", "run", "killed", "timeout", "survived", "unreached", "equivalent", "percent", "minimum"))
    low = []
    for room, minimum, _ in rooms:
        row = rows[room]
        if not row["mutants"]:
            continue
        percent = "-" if row["percent"] is None else "%.1f" % row["percent"]
        print("%-13s %8d %6d %7d %8d %9d %10d %11d %8s %8s" % (
            room, row["mutants"], row["run"], row["killed"], row["timeout"], row["survived"],
            row["unreached"], row["equivalent"], percent, minimum))
        if minimum != "-" and row["percent"] is not None and row["percent"] < float(minimum):
            low.append(room)
    print("killed includes timeouts, survived includes unreached; %d more do not compile" % sum(dropped.values()))
    doubtful = collections.Counter(t for r in results.values() for t in r.get("doubtful", ()))
    for test, times in doubtful.most_common():
        print("doubtful: %s failed and then passed with the same mutant, or failed without it, %d times" % (test, times))
    for fault in rot:
        print("survivors.tsv: " + fault)
    for room in low:
        print("below its minimum: " + room)
    return low
