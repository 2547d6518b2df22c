"""The forms that the tree has already: the corpus of the fuzzer, and the forms of forms.tsv."""

import os
import re

from mutate import Input

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
CORPUS = os.path.join(ROOT, "mockserver", "fuzz", "corpus", "multipart")
TABLE = os.path.join(ROOT, "mockserver", "tests", "api", "forms.tsv")
PICTURE = bytes((0xFF, 0xD8, 0xFF, 0xE0)) + b"JFIF\r\n--\r\n\0" + bytes((0xFF, 0xD9))
INPUT_MAX = 20000  # bytes: some rows of the table are there for their length


def corpus():
    for name in sorted(os.listdir(CORPUS)):
        with open(os.path.join(CORPUS, name), "rb") as file:
            yield Input(file.read(), "corpus " + name)


class Expansion:
    """A text of forms.tsv, expanded as its head says and mockserver/tests/api/test_forms.c does."""

    HEAD = (
        b'Content-Disposition: form-data; name="image_target"; filename="p.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )

    def __init__(self, boundary):
        delimiter = b"--" + boundary
        self.named = {
            "CHOICE": delimiter
            + b'\r\nContent-Disposition: form-data; name="service_choice"\r\n\r\n12\r\n',
            "PICTURE": delimiter + b"\r\n" + self.HEAD + PICTURE + b"\r\n",
            "END": delimiter + b"--\r\n",
            "DELIMITER": delimiter + b"\r\n",
            "PICTURE_HEAD": self.HEAD,
            "JPEG": PICTURE,
            "JPEG_START": PICTURE[:4],
            "JPEG_REST": PICTURE[4:],
        }

    def braced(self, inside, number):
        found = re.match(r"\d+", inside)
        if not found:
            return self.named[inside]
        mark, text = inside[found.end()], inside[found.end() + 1 :]
        times = int(found.group())
        if times * len(text) > INPUT_MAX:
            raise OverflowError
        return b"".join(self.text(text, i if mark == "#" else number) for i in range(times))

    def text(self, text, number=None):
        out, at = b"", 0
        while at < len(text):
            if text[at] == "{":
                end, depth = at, 0
                while True:
                    depth += (text[end] == "{") - (text[end] == "}")
                    if depth == 0:
                        break
                    end += 1
                out += self.braced(text[at + 1 : end], number)
                at = end
            elif text[at] == "\\":
                letter = text[at + 1]
                if letter == "x":
                    out += bytes([int(text[at + 2 : at + 4], 16)])
                    at += 3
                else:
                    out += {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}[letter]
                    at += 1
            elif text[at] == "#" and number is not None:
                out += b"%d" % number
            else:
                out += text[at].encode("utf-8")
            at += 1
        return out


def table():
    usual = Expansion(b"").text("----WebKitFormBoundary7MA4YWxkTrZu0gW")
    with open(TABLE, encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for name, _, _, _, _, _, header, boundary, body in rows:
        try:
            named = usual if boundary == "=" else Expansion(b"").text(boundary)
            lines = (
                b"Content-Type: multipart/form-data; boundary=" + named
                if header == "="
                else Expansion(named).text(header)
            )
            content = Expansion(named).text(body)
        except OverflowError:
            continue
        kind = lines.partition(b":")[2].lstrip(b" \t")
        if b"\n" not in kind and lines and len(content) < INPUT_MAX:  # else no single Content-Type
            yield Input(kind + b"\n" + content, "forms.tsv " + name)
