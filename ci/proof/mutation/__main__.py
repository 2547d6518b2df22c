"""ci/mutate calls this; its header says what the options mean."""

import argparse
import fnmatch
import json
import os
import re
import subprocess
import sys

import build as building
import campaign
import harness
import report
from build import HERE
from operators import OPERATORS

ROOT = os.path.realpath(os.path.join(HERE, "../../.."))
PRODUCT = ("mockserver/src/", "mockserver/cli/", "client/src/", "client/cli/", "client/cmdline/",
           "conformance/server/", "conformance/caller/")
ASKED = ["--revision", "2026-01", "--level", "info"]   # of the suite: every case
DATED = ("choice", "envelope", "fields")               # the groups that differ from revision to revision
EVERY = "every-answer"                                 # the group about all answers
CMAKE = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=-O1", "-DAILAB_TESTS=ON"]


def seconds_of(text):
    match = re.fullmatch(r"(\d+)([smh]?)", text)
    if not match:
        raise argparse.ArgumentTypeError("a number with s, m or h")
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def options_of(arguments):
    parser = argparse.ArgumentParser(prog="ci/mutate", add_help=False)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--files", action="append", default=[])
    parser.add_argument("--rooms", default="")
    parser.add_argument("--budget", type=seconds_of)
    parser.add_argument("--cap", type=seconds_of, default=120)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", default="1")
    parser.add_argument("--by", choices=("tests", "suite"), default="tests")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--json")
    return parser.parse_args(arguments)


class Rooms:
    def __init__(self, path):
        self.rows = report.read_table(path, 3)

    def of(self, file):
        fitting = [row for row in self.rows if file.startswith(row[2] + "/")]
        return max(fitting, key=lambda row: len(row[2]))[0] if fitting else None


def product_files():
    return [name for name in building.tree_files(ROOT)
            if name.startswith(PRODUCT) and name.endswith(".c") and "/tests/" not in name]


def runs(groups):
    """Options that select these groups, and with them what every answer owes."""
    return [word for group in (*groups, EVERY) for word in ("--run", group + "/*")]


def parts_of_suite(out):
    """The suite in parts, so that the first that fails ends it: a group of cases each, and at each other
    revision the groups that differ."""
    program = os.path.join(out, "bin", "ailab-conformance")
    listed = subprocess.run([program, "--list", "--json", *ASKED], check=True, capture_output=True)
    groups = {case["id"].partition("/")[0] for case in json.loads(listed.stdout)} - {EVERY}
    with open(os.path.join(ROOT, "fixtures", "contract.json")) as file:
        others = {revision["name"] for revision in json.load(file)["revisions"]} - set(ASKED)
    commands = {group: [program, "--target", "mock", *ASKED, *runs([group])] for group in sorted(groups)}
    for name in sorted(others):
        commands["of " + name] = [program, "--target", "mock", "--revision", name, "--level", "info", *runs(DATED)]
    return [harness.Test("suite." + group, command, out, {}, None, [], [], 0.0, harness.digest([program], command))
            for group, command in commands.items()]


def tests_of(options, built):
    if options.by == "suite":
        return parts_of_suite(built.out)
    skipped = [row[0] for row in report.read_table(os.path.join(HERE, "tests.tsv"), 2)]
    return harness.list_tests(built.out, skipped, campaign.read_by_tests(built))


def judge(options, built, state, chosen, tests, listed, name):
    """The names of the tests that judge none, because they fail by themselves."""
    tests, reached, failed = harness.baseline(built, tests, options.jobs, name)
    for test in failed:
        print("fails without a mutant, and judges none: " + test)
    for deaf in sorted(os.listdir(os.path.join(built.folder, "deaf"))):
        print("ran without hearing which mutant lives: " + deaf)
    campaign.run(options, built, state, chosen, tests, reached, listed)
    return failed


def tell(options, rooms, built, state, mutants, chosen, listed, failed):
    """The report, in words and as JSON; whether it finds a fault."""
    # What the suite overlooks, another test may notice: its survivors are no rot.
    rot = report.rot_of(built.mutants, state.results if options.by == "tests" else {}, listed)
    # In a sample only those count that were drawn: the others were not judged by chance.
    results = {m.id: state.results[m.id] for m in chosen if m.id in state.results}
    rows = report.count(rooms.rows, rooms.of, campaign.drawn_from(options, rooms, mutants), results, listed)
    minimums = [(r, "80" if options.by == "suite" else m, f) for r, m, f in rooms.rows]
    low = report.show(minimums, rows, built.dropped, mutants, results, listed, rot)
    note = report.note_of(options, chosen, len(results), sum(row["mutants"] for row in rows.values()))
    print(note)
    if options.json:
        building.save_json(options.json, {
            "command": report.command_of(options), "note": note, "by": options.by, "seed": options.seed,
            "sample": options.sample, "drawn": len(chosen), "judged": len(results),
            "rooms": {r: {**rows[r], "minimum": m} for r, m, _ in minimums if rows[r]["mutants"]},
            "operators": {o.name: o.what for o in OPERATORS}, "do_not_compile": sum(built.dropped.values()),
            "tests_that_fail": failed, "below": low, "rot": rot})
    return bool(low or rot or failed)


def main(arguments):
    options = options_of(arguments)
    rooms = Rooms(os.path.join(HERE, "rooms.tsv"))
    files = product_files()
    homeless = [name for name in files if rooms.of(name) is None]
    if homeless:
        raise SystemExit("rooms.tsv has no room for " + homeless[0])
    folder = os.path.join(ROOT, "build-mutate")
    built = building.Build(ROOT, folder, files, CMAKE, options.jobs)
    os.makedirs(folder, exist_ok=True)
    built.make()
    name = "suite-" if options.by == "suite" else ""
    tests = tests_of(options, built)
    state = campaign.State(os.path.join(folder, name + "results.jsonl"), built, tests, 0 if options.report else options.cap)
    mutants = built.mutants
    if options.by == "suite":
        off = [row[0] for row in report.read_table(os.path.join(HERE, "off-the-wire.tsv"), 2)]
        mutants = {k: m for k, m in mutants.items() if rooms.of(m.file) == "api" and
                   not any(fnmatch.fnmatch(k, pattern) for pattern in off)}
    chosen = campaign.choose(options, rooms, mutants)
    listed = report.read_survivors(os.path.join(HERE, "survivors.tsv"))
    failed = [] if options.report else judge(options, built, state, chosen, tests, listed, name)
    return 1 if tell(options, rooms, built, state, mutants, chosen, listed, failed) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
