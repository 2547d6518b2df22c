"""The page of figures: measures, keeps what was measured, writes the page. See ci/evidence."""

import datetime
import json
import os
import subprocess
import sys
import tempfile

import distil

PAGE = "conformance/EVIDENCE.md"
FIGURES = "conformance/evidence"
HERE = os.path.dirname(os.path.abspath(__file__))

HEAD = """# Evidence

What the tests notice and what the programs survive, as figures. `ci/evidence` writes this page; each table names the
command that repeats it, the day, and the machine's processors. Speed depends on the machine, the rest does not.
"""


def sections():
    """name: title, command, sentence; in the order of the page."""
    with open(os.path.join(HERE, "sections.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]
    return {row[0]: row[1:] for row in rows}


def kept(name):
    return os.path.join(FIGURES, name + ".json")


def keep(name, rows, said=None):
    """said: the command and a note, where the figures are not those of the command of sections.tsv."""
    today = datetime.date.today().isoformat()
    with open(kept(name), "w", encoding="utf-8") as file:
        json.dump({"day": today, "processors": os.cpu_count(), **(said or {}), "rows": rows}, file, indent=1)
        file.write("\n")


def take(name, path, command=None):
    """The figures of what a command has written: the one of sections.tsv, or a smaller one."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    said = {key: data[key] for key in ("command", "note") if key in data} if isinstance(data, dict) else {}
    if command:
        said["command"] = command
    keep(name, getattr(distil, name)(data), said)


def measure(name, command):
    if "{json}" not in command:
        if name not in distil.FROM_THE_TREE:  # it has left nothing to read
            raise SystemExit("ci/evidence: %s has no figures" % name)
        keep(name, getattr(distil, name)(None))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "figures.json")
        code = subprocess.call(command.format(json=path).split())
        if not os.path.exists(path):
            raise SystemExit("ci/evidence: %s ended with %d and without figures" % (command, code))
        take(name, path)


def table(rows):
    """The first row is the head; a number stands right."""
    width = len(rows[0])
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" + "---:|" * (width - 1))
    return "\n".join(lines)


def section(name, command):
    command = command.replace(" --json {json}", "")
    if not os.path.exists(kept(name)):
        return "Not measured yet: `%s`.\n" % command
    with open(kept(name), encoding="utf-8") as file:
        figures = json.load(file)
    note = figures.get("note")
    smaller = figures.get("command")
    whole = "; the whole is `%s`" % command if smaller else ""
    return "%s%s\n\n`%s`, %s, %d processors%s.\n" % (
        note + "\n\n" if note else "", table(figures["rows"]), smaller or command, figures["day"],
        figures["processors"], whole)


def page():
    parts = [HEAD]
    for name, (title, command, sentence) in sections().items():
        parts.append("## %s\n\n%s\n" % (title, sentence))
        parts.append(section(name, command))
    return "\n".join(parts)


def check():
    """The page, and the figures that a look at the tree gives at once."""
    with open(kept("contract"), encoding="utf-8") as file:
        if json.load(file)["rows"] != json.loads(json.dumps(distil.contract(None))):
            print("the tables count otherwise; 'ci/evidence contract' takes it in", file=sys.stderr)
            return 1
    with open(PAGE, encoding="utf-8") as file:
        if file.read() == page():
            return 0
    print("%s is not what %s/ says; ci/evidence writes it anew" % (PAGE, FIGURES), file=sys.stderr)
    return 1


def main(arguments):
    known = sections()
    if arguments == ["--check"]:
        return check()
    if arguments == ["--list"]:
        for name, row in known.items():
            print("%-13s %s" % (name, row[1].replace("{json}", "FILE")))
        return 0
    names = arguments
    if arguments[:1] == ["--take"]:
        names = arguments[1:2]
        if len(arguments) not in (3, 4):
            names = [""]
    for name in names:
        if name not in known:
            print("ci/evidence: unknown: %s; it is one of %s" % (name, " ".join(known)), file=sys.stderr)
            return 2
    if arguments[:1] == ["--take"]:
        take(*arguments[1:])
    else:
        for name in names:
            measure(name, known[name][1])
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
