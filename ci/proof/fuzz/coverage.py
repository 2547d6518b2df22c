#!/usr/bin/env python3
"""How much of each parser the corpus of its fuzz target runs: what ci/fuzz --coverage prints.

  coverage.py TREE BUILD [--least PERCENT] [--json FILE] [--lines] [TARGET...]

BUILD has the replay programs with clang's counters. --lines names the lines that are not run.
Exit code: 0 every target runs PERCENT (95) of the lines that can be reached, 1 one does not, or a row of
the table of unreachable lines is out of date, 3 llvm's programs failed.
"""

import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

SAYING = 24  # a shorter line, such as "return false;", is known by the line above it, too
HERE = os.path.dirname(os.path.realpath(__file__))


def rows(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


class Tree:
    def __init__(self, root):
        self.root = root
        self.texts = {}
        self.unreachable = {}  # (file, line's text): reason
        self.used = set()
        reason = None
        for row in rows("unreachable"):
            if row.startswith("= "):
                reason = row[2:]
            else:
                name, _, text = row.partition(": ")
                self.unreachable[name, text] = reason

    def files(self, patterns):
        found = []
        for pattern in patterns:
            names = sorted(glob.glob(os.path.join(self.root, pattern)))
            if not names:
                raise SystemExit(f"coverage: the table names {pattern}, which is not there")
            found += [os.path.relpath(name, self.root) for name in names]
        return found

    def text(self, name, number):
        """How the table of unreachable lines names a line."""
        if name not in self.texts:
            with open(os.path.join(self.root, name), encoding="utf-8") as file:
                self.texts[name] = file.read().split("\n")
        line = self.texts[name][number - 1].strip()
        above = self.texts[name][number - 2].strip()
        return line if len(line) >= SAYING else f"{above} / {line}"

    def is_named(self, name, number):
        row = name, self.text(name, number)
        if row in self.unreachable:
            self.used.add(row)
        return row in self.unreachable


def run(words, **more):
    done = subprocess.run(words, capture_output=True, check=False, **more)
    if done.returncode != 0:
        print(f"coverage: {' '.join(words)}: {done.stderr.decode()[-2000:]}", file=sys.stderr)
        raise SystemExit(3)
    return done.stdout.decode()


def lines_of(build, program, corpus, scratch):
    """{file: {line: count}} of everything the program was made of, its corpus replayed."""
    raw, data = os.path.join(scratch, "raw"), os.path.join(scratch, "data")
    run([program, corpus], env={**os.environ, "LLVM_PROFILE_FILE": raw})
    run(["llvm-profdata", "merge", "-sparse", raw, "-o", data])
    text = run(["llvm-cov", "export", "-format=lcov", f"-instr-profile={data}", program], cwd=build)
    found, counts = {}, {}
    for line in text.split("\n"):
        kind, _, value = line.partition(":")
        if kind == "SF":
            counts = found.setdefault(os.path.realpath(os.path.join(build, value)), {})
        elif kind == "DA":
            number, count = value.split(",")[:2]
            counts[int(number)] = int(count)
    return found


def measure(tree, build, target, patterns, show):
    area, _, label = target.partition(".")
    folder = {"mock": "mockserver"}.get(area, area)
    program = os.path.join(build, folder, "tests", f"{folder}.corpus.{label}")
    corpus = os.path.join(tree.root, folder, "fuzz", "corpus", label)
    with tempfile.TemporaryDirectory() as scratch:
        found = lines_of(build, program, corpus, scratch)
    names = os.listdir(corpus)
    result = {"target": target, "files": tree.files(patterns), "lines": 0, "run": 0, "named": 0,
              "inputs": len(names),
              "bytes": sum(os.path.getsize(os.path.join(corpus, name)) for name in names)}  # fmt: skip
    for name in result["files"]:
        for number, count in sorted(found.get(os.path.join(tree.root, name), {}).items()):
            result["lines"] += 1
            if count:
                result["run"] += 1
            elif tree.is_named(name, number):
                result["named"] += 1
            elif show:
                print(f"      {name}:{number}: {tree.text(name, number)}")
    reachable = result["lines"] - result["named"]
    result["percent"] = 100 * result["run"] / reachable if reachable else 0
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tree")
    parser.add_argument("build")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--least", type=float, default=95)
    parser.add_argument("--json")
    parser.add_argument("--lines", action="store_true")
    arguments = parser.parse_intermixed_args()
    tree, build = Tree(os.path.realpath(arguments.tree)), os.path.realpath(arguments.build)
    table = [row.split() for row in rows("parsers")]
    wanted = [row for row in table if not arguments.targets or
              {row[0], row[0].partition(".")[2]} & set(arguments.targets)]  # fmt: skip
    print(f"{'target':20} {'inputs':>7} {'bytes':>8} {'lines':>6} {'run':>6} {'named':>6} {'%':>7}  files")
    results, good = [], bool(wanted)
    for target, *patterns in wanted:
        result = measure(tree, build, target, patterns, arguments.lines)
        results.append(result)
        enough = result["percent"] >= arguments.least
        good &= enough
        print(f"{target:20} {result['inputs']:7} {result['bytes']:8} {result['lines']:6} "
              f"{result['run']:6} {result['named']:6} {result['percent']:6.1f}{' ' if enough else '!'}  "
              f"{' '.join(patterns)}")  # fmt: skip
    print(f"{'together':20} {sum(r['inputs'] for r in results):7} {sum(r['bytes'] for r in results):8}")
    if len(wanted) == len(table):
        for name, text in sorted(set(tree.unreachable) - tree.used):
            good = False
            print(f"unreachable, but run or gone: {name}: {text}")
    if arguments.json:
        with open(arguments.json, "w", encoding="ascii") as file:
            json.dump(results, file, indent=1)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
