"""Inputs of room pictures: the pictures of ci/testing/image_cases.def, the corpora of the fuzzers, and
mutations of small pictures, which know segments and chunks."""
import os
import struct
import subprocess
import zlib

import mutate
from mutate import Input

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
CORPORA = (
    os.path.join(ROOT, "mockserver", "fuzz", "corpus", "image"),
    os.path.join(ROOT, "client", "fuzz", "corpus", "picture"),
)
SEED_MAX = 8000  # bytes: what is larger is an input, and no seed
MARKERS = (
    0x01,
    0xC0,
    0xC1,
    0xC2,
    0xC3,
    0xC4,
    0xC8,
    0xCC,
    0xD0,
    0xD3,
    0xD7,
    0xD8,
    0xD9,
    0xDA,
    0xDB,
    0xDC,
    0xDD,
    0xDE,
    0xE0,
    0xE1,
    0xEE,
    0xEF,
    0xF0,
    0xFE,
    0x00,
    0xFF,
)


# ---- Pieces of a JPEG or a PNG, each (where it begins, its kind, where it ends)


def drop(dice, data, pieces):
    at, _, end = dice.choice(pieces)
    return data[:at] + data[end:]


def double(dice, data, pieces):
    at, _, end = dice.choice(pieces)
    return data[:end] + data[at:]


def swap(dice, data, pieces):
    one, two = sorted(dice.sample(pieces, 2))
    return (
        data[: one[0]]
        + data[two[0] : two[2]]
        + data[one[2] : two[0]]
        + data[one[0] : one[2]]
        + data[two[2] :]
    )


# ---- JPEG: a list of (offset of FF, marker, end)


def segments(data):
    """The segments up to and with the first scan's header."""
    found, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xD9,):
        size = struct.unpack_from(">H", data, at + 2)[0]
        found.append((at, data[at + 1], at + 2 + size))
        if data[at + 1] == 0xDA:
            break
        at += 2 + size
    return found


def jpeg_drop(dice, data):
    return drop(dice, data, segments(data))


def jpeg_double(dice, data):
    return double(dice, data, segments(data))


def jpeg_swap(dice, data):
    return swap(dice, data, segments(data)[:-1])


def jpeg_length(dice, data):
    at = dice.choice(segments(data))[0]
    size = struct.unpack_from(">H", data, at + 2)[0] + dice.choice(
        (-1, 1, -2, 2, 10, -10, 0x8000, -0x100)
    )
    return data[: at + 2] + struct.pack(">H", size & 0xFFFF) + data[at + 4 :]


def jpeg_marker(dice, data):
    """Another marker in the place of one, or one put in somewhere."""
    at = dice.choice(segments(data))[0] if dice.randrange(2) else dice.randrange(2, len(data))
    code = bytes([0xFF, dice.choice(MARKERS)])
    return data[:at] + code + data[at + dice.choice((0, 2)) :]


def jpeg_frame(dice, data):
    """A field of the frame header: precision, height, width, components, sampling."""
    frames = [
        one for one in segments(data) if 0xC0 <= one[1] <= 0xCF and one[1] not in (0xC4, 0xC8, 0xCC)
    ]
    at = dice.choice(frames)[0] + 4
    place, new = dice.choice(
        (
            (0, b"\x0c"),
            (0, b"\x08"),
            (1, b"\0\0"),
            (1, b"\0\1"),
            (3, b"\0\0"),
            (3, b"\0\1"),
            (1, b"\0\x10"),
            (3, b"\0\x09"),
            (5, b"\1"),
            (5, b"\3"),
            (5, b"\4"),
            (6, b"\2"),
            (7, b"\x22"),
            (7, b"\x11"),
            (7, b"\x41"),
            (7, b"\x14"),
            (8, b"\3"),
            (7, b"\0"),
            (1, b"\1\0"),
            (3, b"\1\0"),
        )
    )
    return data[: at + place] + new + data[at + place + len(new) :]


def jpeg_end(dice, data):
    cut = data.rfind(b"\xff\xd9")
    return data[:cut] + dice.choice(
        (
            b"",
            b"\xff",
            b"\xff\xd9\xff\xd9",
            b"\0\xff\xd9",
            b"\xff\xff\xff\xd9",
            b"\0" * 20 + b"\xff\xd9",
            b"\xff\xd9" + b"x" * 9,
            b"\xff\xd0\xff\xd9",
            b"\xff\xd8\xff\xd9",
            b"\xff\x00\xff\xd9",
            b"\xff\xda\xff\xd9",
            data[cut - 30 : cut] + b"\xff\xd9",
            b"\xff\xe0\xff\xd9",
            b"\xff\xe0\0\2\xff\xd9",
        )
    )


def jpeg_scan(dice, data):
    """Bytes of the image data."""
    start = segments(data)[-1][2]
    at = dice.randrange(start, len(data) - 2)
    return (
        data[:at]
        + dice.choice(
            (
                b"",
                b"\0",
                b"\xff\0",
                b"\xff\xd0",
                b"\xff",
                b"\xff\xff",
                b"\x55" * 8,
                b"\xff\xd3",
                b"\xff\x01",
            )
        )
        + data[at + dice.choice((0, 1, 8, 60)) :]
    )


def jpeg_filler(dice, data):
    """What may stand before a marker, and what may not."""
    at = dice.choice(segments(data))[0]
    return (
        data[:at]
        + dice.choice(
            (
                b"\xff",
                b"\xff" * 9,
                b"\0",
                b"\0" * 9,
                b"x",
                b"\xff\0",
                b"\xff\xd0",
                b"\xff\x01",
                b"\xff\xfe\0\2",
                b"\xff\xfe\0\1",
                b"\xff\xfe\0\0",
                b"\xff\xe1\0\x08Exif\0\0",
                b"\xff\xee\0\x0eAdobe\0d\0\0\0\0\1",
                b"\xff\xdd\0\4\0\1",
                b"\xff\xdd\0\4\0\0",
                b"\xff\xdc\0\4\0\1",
                b"\xff\xf0\0\2",
                b"\xff\xcc\0\2",
            )
        )
        + data[at:]
    )


# ---- PNG: a list of (offset, type, end)


def chunks(data):
    found, at = [], 8
    while at + 12 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        found.append((at, data[at + 4 : at + 8], at + 12 + size))
        at += 12 + size
    return found


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_drop(dice, data):
    return drop(dice, data, chunks(data))


def png_double(dice, data):
    return double(dice, data, chunks(data))


def png_swap(dice, data):
    return swap(dice, data, chunks(data))


def png_length(dice, data):
    at = dice.choice(chunks(data))[0]
    size = (
        struct.unpack_from(">I", data, at)[0]
        + dice.choice((-1, 1, 4, 12, 0x7FFFFFFF, 0x80000000, -4))
    ) & 0xFFFFFFFF
    return data[:at] + struct.pack(">I", size) + data[at + 4 :]


def png_crc(dice, data):
    end = dice.choice(chunks(data))[2]
    return data[: end - 1] + bytes([data[end - 1] ^ 1]) + data[end:]


def png_type(dice, data):
    at, kind, end = dice.choice(chunks(data))
    new = dice.choice(
        (
            kind.lower(),
            kind.upper(),
            b"abCd",
            b"ABCD",
            b"aBCd",
            b"IDAT",
            b"IEND",
            b"PLTE",
            b"tRNS",
            b"\0\0\0\0",
            b"ID T",
            b"gAMA",
            b"fdAT",
            b"acTL",
            b"iCCP",
        )
    )
    return data[:at] + chunk(new, data[at + 8 : end - 4]) + data[end:]


def png_more(dice, data):
    """One chunk more, somewhere."""
    at = dice.choice(chunks(data))[dice.choice((0, 2))]
    kind = dice.choice(
        (
            b"tEXt",
            b"tRNS",
            b"PLTE",
            b"IDAT",
            b"IEND",
            b"gAMA",
            b"IHDR",
            b"eXIf",
            b"sRGB",
            b"bKGD",
            b"zTXt",
            b"iCCP",
            b"XXXX",
            b"xxXx",
            b"acTL",
            b"fcTL",
            b"cHRM",
            b"hIST",
            b"tIME",
            b"sBIT",
            b"pHYs",
            b"iTXt",
            b"CgBI",
            b"XXXX",
            b"ABCD",
            b"XyXX",
        )
    )
    return (
        data[:at]
        + chunk(
            kind,
            bytes(dice.randrange(256) for _ in range(dice.choice((0, 1, 3, 4, 6, 9, 13, 32, 768)))),
        )
        + data[at:]
    )


def png_header(dice, data):
    """A field of IHDR, with its CRC mended."""
    body = bytearray(data[16:29])
    place, new = dice.choice(
        (
            (3, 0),
            (3, 1),
            (7, 0),
            (7, 1),
            (8, 1),
            (8, 2),
            (8, 4),
            (8, 8),
            (8, 16),
            (8, 3),
            (8, 0),
            (9, 0),
            (9, 2),
            (9, 3),
            (9, 4),
            (9, 6),
            (9, 1),
            (9, 5),
            (10, 1),
            (11, 1),
            (12, 1),
            (12, 2),
            (0, 0x80),
            (4, 0x80),
            (2, 1),
            (6, 1),
            (7, 200),
            (3, 200),
        )
    )
    body[place] = new
    return data[:8] + chunk(b"IHDR", bytes(body)) + data[33:]


def png_data(dice, data):
    """The compressed data: other bytes, with the CRC mended; or another stream that says the same."""
    parts = [one for one in chunks(data) if one[1] == b"IDAT"]
    joined = b"".join(data[at + 8 : end - 4] for at, _, end in parts)
    at = dice.randrange(len(joined))
    new = dice.choice(
        (
            joined[:at],
            joined[:at] + bytes([joined[at] ^ 1 << dice.randrange(8)]) + joined[at + 1 :],
            joined + b"\0" * 5,
            joined[:-4],
            joined[:-1] + bytes([joined[-1] ^ 1]),
            b"\x78\x9c" + joined[2:],
            b"\x08\x1d" + joined[2:],
            b"\x78\xbb" + joined[2:],
            joined + joined,
            b"",
            joined[2:],
            joined[:-4] + b"\0\0\0\0",
        )
    )
    if dice.randrange(3) == 0:
        try:
            rows = zlib.decompress(joined)
            new = zlib.compress(
                dice.choice(
                    (
                        rows[:-1],
                        rows + b"\0",
                        rows[: len(rows) // 2],
                        rows * 2,
                        b"\5" + rows[1:],
                        b"",
                    )
                ),
                dice.choice((0, 1, 9)),
            )
        except zlib.error:
            pass
    return data[: parts[0][0]] + chunk(b"IDAT", new) + data[parts[-1][2] :]


def png_end(dice, data):
    at = data.rfind(b"IEND") - 4
    return data[:at] + dice.choice(
        (
            b"",
            data[at:-1],
            data[at:-4],
            data[at:] + b"x",
            data[at:] * 2,
            b"\0" * 12,
            data[at:-4] + b"\0\0\0\0",
            chunk(b"IEND", b"x"),
            chunk(b"tEXt", b"a\0b") + data[at:],
            b"\0\0\0\0IEN",
            data[at:] + data,
        )
    )


JPEG = (
    jpeg_drop,
    jpeg_double,
    jpeg_swap,
    jpeg_length,
    jpeg_marker,
    jpeg_marker,
    jpeg_frame,
    jpeg_frame,
    jpeg_end,
    jpeg_end,
    jpeg_scan,
    jpeg_scan,
    jpeg_scan,
    jpeg_filler,
    jpeg_filler,
    mutate.blind,
    mutate.blind,
)
PNG = (
    png_drop,
    png_double,
    png_swap,
    png_length,
    png_crc,
    png_crc,
    png_type,
    png_more,
    png_more,
    png_header,
    png_header,
    png_data,
    png_data,
    png_data,
    png_end,
    mutate.blind,
    mutate.blind,
)


def mutated(dice, seed):
    data, done = seed.bytes, [seed.origin]
    for _ in range(dice.choice((1, 1, 1, 2))):
        change = dice.choice(JPEG if data[:2] == b"\xff\xd8" else PNG)
        try:
            made = change(dice, data)
        except (IndexError, ValueError, struct.error):
            continue  # an earlier change took away what this one changes
        data, name = made if isinstance(made, tuple) else (made, change.__name__)
        done.append(name)
    return Input(data, " ".join(done))


def corpus():
    for folder in CORPORA:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                yield Input(file.read(), "corpus " + name)


def cases(adapter):
    """The pictures that our adapter makes."""
    given = subprocess.run(adapter + ["--cases"], stdout=subprocess.PIPE, check=True).stdout
    at = 0
    while at < len(given):
        (size,) = struct.unpack_from(">I", given, at)
        yield Input(given[at + 4 : at + 4 + size], "case %d" % at)
        at += 4 + size


def make(dice, count, adapter):
    given = list(corpus()) + list(cases(adapter))
    seeds = [
        one
        for one in given
        if len(one.bytes) <= SEED_MAX and one.bytes[:2] in (b"\xff\xd8", b"\x89P")
    ]
    return given + [mutated(dice, dice.choice(seeds)) for _ in range(count)]
