"""What the page shows of what each command writes: a function a measurement, which returns the rows of a table,
its head first. Those of FROM_THE_TREE read the tree, the others the JSON of their command."""

import glob
import os
import re
import subprocess
import xml.etree.ElementTree as xml

FROM_THE_TREE = ("contract", "tests", "sizes")


def lines(path, pattern=r"[^#\s]"):
    with open(path, encoding="utf-8") as file:
        return sum(1 for line in file if re.match(pattern, line))


def count(number):
    return "{:,}".format(number)


def contract(_):
    with open("fixtures/pins.h", encoding="utf-8") as file:
        pins = dict(re.findall(r"#define PINNED_(\w+) (\d+)", file.read()))
    return [
        ["what", "count"],
        ["error codes, each a scenario", pins["CODES"]],
        ["clauses", pins["CLAUSES"]],
        ["rules of a request, in their order", pins["RULES"]],
        ["revisions", pins["REVISIONS"]],
        ["faults", pins["FAULTS"]],
        ["faults of TLS", pins["TLS_FAULTS"]],
        ["deviations", pins["DEVIATIONS"]],
        ["cases that judge a server", lines("conformance/cases.list")],
        ["situations that judge a caller", lines("conformance/situations.list")],
        ["wrong callers, each noticed", lines("conformance/examples/callers/expected.tsv", "wrong/")],
    ]


def tests(_):
    rows = [["build", "tests", "failed", "skipped", "seconds"]]
    for preset in ("dev", "asan", "tsan", "lto"):
        path = "build-%s/tests.xml" % preset
        if os.path.exists(path):
            run = xml.parse(path).getroot()
            skipped = int(run.get("skipped", 0)) + int(run.get("disabled", 0))
            rows.append([preset, run.get("tests"), run.get("failures"), skipped, run.get("time")])
    return rows


def mutants(data):
    rows = [["room", "mutants", "judged", "killed", "equivalent", "% killed", "at least"]]
    total = dict.fromkeys(("mutants", "run", "killed", "equivalent"), 0)
    for name, room in data["rooms"].items():
        for key in total:
            total[key] += room[key]
        if room["run"]:
            rows.append([name, count(room["mutants"]), count(room["run"]), count(room["killed"]),
                         room["equivalent"], room["percent"], room["minimum"]])
    if total["run"]:
        rows.append(["all", count(total["mutants"]), count(total["run"]), count(total["killed"]),
                     total["equivalent"], "%.1f" % (100 * total["killed"] / total["run"]), "-"])
    return rows


suite = mutants


def torture(data):
    uses = data["uses"]
    rows = [["use", "calls made to fail", "wrong", "known of libraries"]]
    for name in sorted(uses):
        use = uses[name]
        rows.append([name, count(use["injected"]), use.get("wrong", 0), use["known"]])
    rows.append(["all", count(data["injected"]), len(data["wrong"]), sum(u["known"] for u in uses.values())])
    rows.append(["limits (memory, descriptors, disk, clock, stops)", len(data["limits"]),
                 sum(bool(row["wrong"]) for row in data["limits"]), 0])
    return rows


def differential(data):
    rows = [["room and peer", "inputs", "agree", "known", "unexplained", "not asked"]]
    for room, found in data["rooms"].items():
        for peer, one in sorted(found.get("peers", {}).items()):
            if peer == "ours":  # what our own parsers shall do alone
                continue
            rows.append(["%s: %s" % (room, peer), count(found["inputs"]), count(one["agree"]),
                         count(sum(one["known"].values())), one["unexplained"], count(one["not_asked"])])
    return rows


def coverage(data):
    rows = [["target", "inputs", "bytes", "lines", "run", "unreachable", "%"]]
    for one in data:
        rows.append([one["target"], count(one["inputs"]), count(one["bytes"]), one["lines"], one["run"],
                     one["named"], "%.1f" % one["percent"]])
    return rows


def fuzz(data):
    rows = [["target", "minutes", "runs", "edges", "new inputs", "broke"]]
    for one in data:
        rows.append([one["target"], round(one["seconds"] / 60), count(one["runs"]), one["coverage"], one["new"],
                     "yes" if one["broke"] else "no"])
    return rows


def mutators(data):
    rows = [["target", "seconds", "edges with", "edges without", "runs with", "runs without"]]
    for one in data:
        rows.append([one["target"], one["seconds"], count(one["with"][1]), count(one["without"][1]),
                     count(one["with"][0]), count(one["without"][0])])
    return rows


def soak(data):
    rows = [["sanitizer", "seconds", "requests", "pairs of scenario and cue", "wrong",
             "in use at rest, kB: middle and end", "resident, MB: middle and end", "descriptors", "threads"]]
    for one in data:
        requests = sum(n for name, n in one["counts"].items() if name.startswith(("judged", "left")))
        half = len(one["memory_mb"]) // 2
        rows.append([one["name"], one["seconds"], count(requests), count(one["pairs"]),
                     one["counts"].get("wrong", 0), ", ".join(count(n // 1024) for n in one["in_use_bytes"]),
                     "%.0f, %.0f" % (one["memory_mb"][half], one["memory_mb"][-1]),
                     "%d, %d" % (one["descriptors"][half], one["descriptors"][-1]),
                     "%d, %d" % (one["threads"][half], one["threads"][-1])])
    return rows


def stripped(path):
    """Bytes of a program without its symbols."""
    copy = path + ".stripped"
    subprocess.check_call(["strip", "-o", copy, path])
    size = os.path.getsize(copy)
    os.remove(copy)
    return size


def unversioned(path):
    """A built file's name without the version, which stands in project(VERSION) alone."""
    return re.sub(r"[-_]\d+\.\d+\.\d+", "", os.path.basename(path))


def sizes(_):
    rows = [["what", "KiB"]]
    for path in ("build/bin/ailab-mock", "build/bin/ailab", "build/bin/ailab-conformance"):
        if os.path.exists(path):
            rows.append([os.path.basename(path), count(round(stripped(path) / 1024))])
    for pattern in ("build/*/lib*.so.0", "build-package/*.deb", "build-image/*.tar", "build/packages/*"):
        for path in sorted(glob.glob(pattern)):
            rows.append([unversioned(path), count(round(os.path.getsize(os.path.realpath(path)) / 1024))])
    return rows


def speed(data):
    rows = [["what", "figure", "rule", "holds"]]
    for one in data["requirements"]:
        rows.append([one["name"], one["value"], one["rule"], "yes" if one["pass"] else "no"])
    return rows
