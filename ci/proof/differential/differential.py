"""Our parsers against well-known ones: the driver of ci/differential.

A room has inputs, our adapter, the peers, and a comparison. A disagreement that its table of known
ones (known_<room>.tsv) does not explain is a failure; so is a row of the table that nothing met.
"""
import argparse
import concurrent.futures
import json
import os
import random
import sys
import tempfile
import time

import answers
import forms
import framing
import known
import peers
import pictures

ROOMS = {room.NAME: room for room in (forms, framing, pictures, answers)}
SHORT_SHARE = 20  # the short part has so many times fewer inputs
SHOWN_MAX = 8  # unexplained disagreements that are shown of each room


class Run:
    """One room: who was asked, and what came of it."""

    def __init__(self, room, options, scratch):
        self.room, self.options, self.scratch = room, options, scratch
        self.table = known.Table(peers.HERE, room.NAME)
        self.skipped, self.counts, self.unexplained = {}, {}, []

    def say(self, text):
        print("%s: %s" % (self.room.NAME, text), flush=True)

    def choose_peers(self):
        """Those that run here. Making one ready may take a while: Go's are compiled."""
        chosen = {}
        for name, make in self.room.PEERS.items():
            if self.options.peers and name not in self.options.peers:
                continue
            if self.options.short and name not in self.room.SHORT_PEERS:
                continue
            try:
                ask, why = make(self.scratch)
            except OSError as wrong:
                why = str(wrong)
            if why:
                self.skipped[name] = why
                self.say("skipped %s: %s" % (name, why))
            else:
                chosen[name] = ask
        return chosen

    def judge(self, inputs, ours, theirs):
        for name in theirs:
            self.counts[name] = {"agree": 0, "known": {}, "unexplained": 0, "not_asked": 0}
        for i, given in enumerate(inputs):
            found = self.room.compare(given, ours[i], {name: theirs[name][i] for name in theirs})
            for name, kind, facts in found:
                self.note(name, kind, facts, given)

    def note(self, name, kind, facts, given):
        count = self.counts.setdefault(
            name, {"agree": 0, "known": {}, "unexplained": 0, "not_asked": 0}
        )
        if kind in ("agree", "not_asked"):
            count[kind] += 1
            return
        row = self.table.find(name, kind, facts)
        if row:
            count["known"][row.id] = count["known"].get(row.id, 0) + 1
        else:
            count["unexplained"] += 1
            self.unexplained.append((name, kind, facts, given))

    def show(self):
        shown = {}
        for name, kind, facts, given in self.unexplained:
            shown[name, kind] = shown.get((name, kind), 0) + 1
            if shown[name, kind] > self.options.show:
                continue
            print("not ok %s, %s: %s" % (self.room.NAME, name, kind))
            for fact, text in facts.items():
                print("    %-8s %s" % (fact, ascii(text[:600])))
            if self.options.keep:
                path = os.path.join(
                    self.options.keep,
                    "%s-%s-%s-%d" % (self.room.NAME, name, kind, shown[name, kind]),
                )
                with open(path, "wb") as file:
                    file.write(given.bytes)
                print("    input    " + path)

    def run(self):
        start = time.monotonic()
        dice = random.Random("%s %d" % (self.room.NAME, self.options.seed))
        count = self.options.count or self.room.COUNT // (SHORT_SHARE if self.options.short else 1)
        ours = self.room.ours(self.options.build)
        inputs = self.room.inputs(dice, count, self.options)
        chosen = self.choose_peers()
        given = [one.bytes for one in inputs]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            mine = pool.submit(ours, given)
            jobs = {name: pool.submit(ask, given) for name, ask in chosen.items()}
            theirs = {name: job.result() for name, job in jobs.items()}
            self.judge(inputs, mine.result(), theirs)
        self.seconds, self.inputs = time.monotonic() - start, len(inputs)
        rot = [] if self.partial() else self.table.rot(list(chosen) + ["ours"])
        for row in rot:
            print("not ok %s: nothing met %s (%s)" % (self.room.NAME, row.id, row.place))
        self.show()
        for name, one in sorted(self.counts.items()):
            self.say(
                "%s: %d agree, %d known, %d unexplained"
                % (name, one["agree"], sum(one["known"].values()), one["unexplained"])
            )
        self.say("%d inputs in %.1f s" % (len(inputs), self.seconds))
        return not self.unexplained and not rot

    def partial(self):
        """Rows can be missed without being rot."""
        return bool(
            self.options.short or self.options.count or self.options.peers or self.options.seed != 1
        )

    def figures(self):
        return (
            {
                "inputs": self.inputs,
                "seconds": round(self.seconds, 1),
                "peers": self.counts,
                "skipped": self.skipped,
                "reasons": {
                    row.id: {"met": row.met, "reason": row.reason} for row in self.table.rows
                },
            }
            if self.counts
            else {"skipped": self.skipped}
        )


def parse():
    parser = argparse.ArgumentParser(prog="ci/differential")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument("--build", required=True, help="the folder of the build")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="inputs made in each room")
    parser.add_argument("--short", action="store_true", help="some 5 s, with peers of group test")
    parser.add_argument("--peers", type=lambda text: text.split(","), help="only these")
    parser.add_argument("--json", metavar="FILE", help="the figures")
    parser.add_argument("--keep", metavar="FOLDER", help="where unexplained inputs are written")
    parser.add_argument(
        "--show", type=int, default=SHOWN_MAX, help="how many of a kind are shown in full"
    )
    options = parser.parse_args()
    for name in options.rooms:
        if name not in ROOMS:
            parser.error("unknown room: %s; it is one of %s" % (name, ", ".join(ROOMS)))
    return options


def main():
    options = parse()
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    good, asked, figures = True, 0, {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.rooms or ROOMS:
            run = Run(ROOMS[name], options, scratch)
            good &= run.run()
            asked += len(run.counts)
            figures[name] = run.figures()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"seed": options.seed, "rooms": figures}, file, indent=1)
            file.write("\n")
    if not asked:
        print("no peer is installed")
        return 77
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
