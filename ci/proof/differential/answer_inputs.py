"""Inputs of room answers: the corpora of the fuzzers, and mutations of the envelopes of both kinds,
which know JSON and Base64."""
import base64
import os
import re

import mutate
from mutate import Input

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
CORPORA = (
    os.path.join(ROOT, "client", "fuzz", "corpus", "envelope"),
    os.path.join(ROOT, "conformance", "fuzz", "corpus", "answer"),
)
PICTURE = os.path.join(ROOT, "mockserver", "fuzz", "corpus", "image", "png-palette1.png")
PLAIN = (
    '{"request_id":"E9493D51","log_id":"1","error_code":0,"error_code_str":"","error_msg":"",'
    '"error_detail":{"status_code":200,"code":"","code_message":"","message":""},"data":{"image":"IMAGE"}}'
)
LATE = (
    '{"request_id":"E9493D51","log_id":"1","data":{"image":"IMAGE"},'
    '"error_detail":{"code":"","code_message":"","message":""}}'
)
REFUSED = (
    '{"request_id":"E9493D51","log_id":"1","error_code":422,"error_code_str":"ERROR_BLURRY_FACE",'
    '"error_msg":"x","error_detail":{"status_code":422,"code":"ERROR_BLURRY_FACE","code_message":"a",'
    '"message":"b"}}'
)

STRINGS = (
    b"\\u0041",
    b"\\u0000",
    b"\\u0001",
    b"\\ud83d\\ude00",
    b"\\ud83d",
    b"\\ude00",
    b"\\ud83d\\u0041",
    b"\\uD83D\\uDE00",
    b'\\n\\t\\r\\b\\f\\/\\\\\\"',
    b"\\x",
    b"\\u12",
    b"\\u12G4",
    b"\\",
    b"\t",
    b"\0",
    b"\x1f",
    b"\x7f",
    b"\xc3\xa9",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xa8",
    b"\\u2028",
    b"\\'",
    b"\\0",
    b"\\a",
    b"\xef\xbb\xbf",
    b"\\u00e9",
    b"\\U0041",
    b"x" * 1500,
    b"x" * 1500 + b"\\n",
    b"\\u0000" * 300,
    b"\x01",
    b"\\u0001\\u0002",
)
NUMBERS = (
    b"0",
    b"-0",
    b"1",
    b"-1",
    b"01",
    b"1.",
    b".5",
    b"1.0",
    b"0.0",
    b"1e0",
    b"1E2",
    b"1e",
    b"1e+",
    b"-",
    b"+1",
    b"0x1",
    b"1_0",
    b"Infinity",
    b"NaN",
    b"-Infinity",
    b"999999999999999",
    b"9999999999999999",
    b"99999999999999999999",
    b"1e999",
    b"-0.0",
    b"1e-1",
    b"200",
    b"200.0",
    b"2e2",
    b"00",
    b"-01",
    b"1 1",
    b"1.5e",
    b"4294967296",
    b"-999999999999999",
    b"0e0",
    b"true",
    b"false",
    b"null",
    b"True",
    b"nul",
    b"nulll",
    b"[]",
    b"{}",
    b'""',
    b'"0"',
    b"[1]",
    b'{"a":1}',
    b"undefined",
    b"'a'",
    b"",
    b"0.1e1",
    b"1.0E+2",
    b"[" * 40 + b"]" * 40,
    b"1e0e0",
    b"1.5.5",
)
MARKS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b" ",
    b"\t",
    b"\n",
    b"\r",
    b"\x0b",
    b"\x0c",
    b"\xa0",
    b"\0",
    b"//x\n",
    b"/**/",
    b"#",
    b"\xef\xbb\xbf",
    b",,",
    b"null",
    b"\xe2\x80\xa8",
    b"[" * 40,
    b'{"a":' * 40,
    b"[]" * 5,
    b"\\",
    b"'",
    b"{}",
    b"\x85",
)


def image():
    with open(PICTURE, "rb") as file:
        return base64.b64encode(file.read())


def envelope(dice):
    return dice.choice((PLAIN, PLAIN, LATE, REFUSED)).encode().replace(b"IMAGE", image())


# ---- mutations of the text


def string(dice, text):
    places = [found.end() for found in re.finditer(rb'"', text)]
    at = dice.choice(places)
    return text[:at] + dice.choice(STRINGS) + text[at:]


def value(dice, text):
    found = dice.choice(list(re.finditer(rb':(\d+|"[^"]*"|\{[^{}]*\})', text)))
    return text[: found.start(1)] + dice.choice(NUMBERS) + text[found.end(1) :]


def mark(dice, text):
    places = [found.start() for found in re.finditer(rb"[{}\[\],:]", text)] + [0, len(text)]
    at = dice.choice(places)
    return text[:at] + dice.choice(MARKS) + text[at + dice.randrange(2) :]


def key(dice, text):
    found = dice.choice(list(re.finditer(rb'"(\w+)":', text)))
    name = found.group(1)
    new = dice.choice(
        (
            name.upper(),
            name + b"\\u0000",
            b"\\u%04x" % name[0] + name[1:],
            name + b" ",
            b"",
            name[:-1],
            b"data",
            b"image",
            b"error_detail",
            b"__proto__",
            b"constructor",
            b"\xff",
            b"\\ud800",
            b"code",
        )
    )
    return text[: found.start(1)] + new + text[found.end(1) :]


def twice(dice, text):
    """A field once more, in this place or another."""
    found = dice.choice(list(re.finditer(rb'"\w+":(?:\d+|"[^"]*")', text)))
    at = dice.choice([one.end() for one in re.finditer(rb"[{,]", text)])
    return text[:at] + found.group() + b"," + text[at:]


def picture(dice, text):
    """The Base64: its letters, its end, what stands in it."""
    code = image()
    at = dice.randrange(len(code))
    change = dice.choice(
        (
            code[:-1],
            code[:-2],
            code + b"=",
            code + b"==",
            code + b"A",
            code.rstrip(b"="),
            code[:at] + b"\\n" + code[at:],
            code[:at] + b" " + code[at:],
            code[:at] + b"=" + code[at:],
            code.replace(b"+", b"-").replace(b"/", b"_"),
            code[:at] + b"\\/" + code[at:],
            code.replace(b"/", b"\\/"),
            code[:at] + b"\\u0041" + code[at + 1 :],
            code[:at] + b"\xff" + code[at:],
            code[:at] + b"*" + code[at + 1 :],
            b"data:image/png;base64," + code,
            code[:at],
            b"",
            b"=",
            b"====",
            b"A",
            b"AA",
            b"AAA",
            b"AA==",
            b"AB==",
            b"AAB=",
            b"AA=A",
            code + code,
            code[:-4] + b"QUI=",
            code[:-4] + b"QUJ=",
            code + b"\\r\\n",
            code[:at] + b"\\u0000" + code[at:],
            code[:at] + b"\\u003d" + code[at:],
            code + b"AAAA",
            b"\\u" + code[at:],
        )
    )
    return text.replace(code, change)


STRUCTURED = (string, string, value, value, mark, mark, key, twice, picture, picture)


def mutated(dice):
    text, done = envelope(dice), []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        change = dice.choice(STRUCTURED)
        try:
            text = change(dice, text)
            done.append(change.__name__)
        except IndexError:
            pass  # an earlier change took away what this one changes
    if dice.randrange(5) == 0:
        text, name = mutate.blind(dice, text)
        done.append(name)
    return Input(dice.choice((b"2", b"4")) + text, " ".join(done))


def corpus():
    for folder in CORPORA:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                yield Input(b"2" + file.read()[1:], "corpus " + name)


def make(dice, count):
    return list(corpus()) + [mutated(dice) for _ in range(count)]
