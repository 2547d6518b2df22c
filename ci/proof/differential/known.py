"""Known disagreements: a table a room, known_<room>.tsv, one row a disagreement that has a reason.

Columns, separated by tabs:
  id      a word
  peers   whom it concerns: names with commas between, or *
  kind    what happens, a word of the room
  rule    conditions with " & " between: FACT ~ REGEX or FACT !~ REGEX; - for none
  reason  why it is so, and who is right

A row that no input meets in a full run with its peers is an error: it is rot.
"""
import os
import re


class Row:
    """One row, and how often it was met."""

    def __init__(self, place, cells):
        if len(cells) != 5 or not all(cells):
            raise SystemExit("%s: expected five columns" % place)
        self.id, peers, self.kind, rule, self.reason = cells
        self.place, self.met = place, 0
        self.peers = peers.split(",")
        self.conditions = [self.condition(one) for one in rule.split(" & ") if one != "-"]

    def condition(self, text):
        found = re.fullmatch(r"(\w+) (!?~) (.+)", text)
        if not found:
            raise SystemExit("%s: no condition: %s" % (self.place, text))
        return found.group(1), found.group(2) == "~", re.compile(found.group(3), re.S)

    def concerns(self, peer):
        return self.peers == ["*"] or peer in self.peers

    def fits(self, peer, kind, facts):
        return (
            kind == self.kind
            and self.concerns(peer)
            and all(
                bool(regex.search(facts[fact])) == wanted for fact, wanted, regex in self.conditions
            )
        )


class Table:
    """The rows of a room, in their order: the first that fits counts."""

    def __init__(self, folder, room):
        path = os.path.join(folder, "known_%s.tsv" % room)
        with open(path, encoding="utf-8") as file:
            lines = [line.rstrip("\n") for line in file]
        self.rows = [
            Row("%s:%d" % (os.path.basename(path), number), line.split("\t"))
            for number, line in enumerate(lines, 1)
            if line and not line.startswith("#")
        ]
        ids = [row.id for row in self.rows]
        if len(set(ids)) < len(ids):
            raise SystemExit("%s: an id is given twice" % path)

    def find(self, peer, kind, facts):
        for row in self.rows:
            if row.fits(peer, kind, facts):
                row.met += 1
                return row
        return None

    def rot(self, peers):
        """Rows that were not met although a peer that they concern was asked."""
        return [row for row in self.rows if not row.met and any(map(row.concerns, peers))]
