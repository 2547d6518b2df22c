"""Reads a page: its fences, what stands in backticks, its links and headings. Nothing is run here."""
import dataclasses
import re


@dataclasses.dataclass
class Fence:
    language: str
    line: int
    text: str


@dataclasses.dataclass
class Command:
    """One command of a console fence, as it is typed, and the lines that the page shows below it."""

    line: int
    text: str
    shown: list


class Page:
    def __init__(self, name, text):
        self.name = name
        self.fences, self.spans, self.links, self.headings = [], [], [], []
        self.indented, self.symptoms = [], []  # lines of prose that are indented; what the first column quotes
        prose = self._take_fences(text)
        self._read_prose(prose)

    def _take_fences(self, text):
        """The prose, with an empty line for each line of a fence."""
        prose, fence = [], None
        for number, line in enumerate(text.splitlines(), 1):
            if fence is None and line.lstrip().startswith("```"):
                fence = Fence(line.strip()[3:].strip(), number, "")
            elif fence is not None and line.strip() == "```":
                self.fences.append(fence)
                fence = None
            elif fence is not None:
                fence.text += line + "\n"
            else:
                prose.append(line)
                continue
            prose.append("")
        if fence is not None:
            raise ValueError(f"{self.name}:{fence.line}: the fence has no end")
        return prose

    def _read_prose(self, prose):
        in_symptoms = False
        for number, line in enumerate(prose, 1):
            if heading := re.match(r"#+ +(.*)", line):
                self.headings.append(slug(heading.group(1)))
            if line.startswith("    "):
                self.indented.append(number)
            in_symptoms = line.startswith("|") and (in_symptoms or line.startswith("| you see |"))
            if in_symptoms and (quoted := re.match(r"\| `([^`]+)`", line)):
                self.symptoms.append((number, quoted.group(1)))
        text = "\n".join(prose)
        for match in re.finditer(r"`((?:[^`\n]|\n(?!\n))+)`", text):
            line = text.count("\n", 0, match.start()) + 1
            self.spans.append((line, re.sub(r"\s*\n\s*", " ", match.group(1))))
        for match in re.finditer(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text)):
            self.links.append(match.group(1))


def slug(heading):
    """The anchor of a heading, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


def commands_of(fence):
    """A command begins with `$ ` and goes on behind a `\\` at the end of a line, and up to the end of a here-document;
    all other lines are what the page shows as its output."""
    found, lines, at = [], fence.text.splitlines(), 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("$ "):
            first, typed = at, [line[2:]]
            while typed[-1].endswith("\\"):
                at += 1
                typed.append(lines[at])
            if here := re.search(r"<<-?'?(\w+)'?", typed[-1]):
                while typed[-1] != here.group(1):
                    at += 1
                    typed.append(lines[at])
            found.append(Command(fence.line + 1 + first, "\n".join(typed), []))
        elif not found:
            raise ValueError(f"line {fence.line}: a console fence begins with a command: $ ...")
        else:
            found[-1].shown.append(line)
        at += 1
    return found
