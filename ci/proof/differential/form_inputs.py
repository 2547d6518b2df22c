"""Inputs of room forms: the corpus of the fuzzer, the forms of forms.tsv, and mutations of forms as
clients send them, which know the places where parsers stumble."""
import form_table
import mutate
from form_mutations import PIECES, STRUCTURED, disposition
from mutate import Input

PICTURE = form_table.PICTURE


class Form:
    """A form in pieces, each of which a mutation may change before it is put together."""

    def __init__(self, client, boundary, quoted, parts):
        self.client, self.boundary = client, boundary
        self.type = b"multipart/form-data; boundary=" + (b'"%s"' % boundary if quoted else boundary)
        self.parts = [[list(lines), value] for lines, value in parts]
        self.preamble = self.epilogue = b""
        self.line, self.first, self.last = b"\r\n", b"--" + boundary, b"--" + boundary + b"--"
        self.between = b"--" + boundary

    def bytes(self):
        body = self.preamble
        for i, (lines, value) in enumerate(self.parts):
            body += (self.between if i else self.first) + self.line
            body += b"".join(one + self.line for one in lines) + self.line + value + self.line
        return self.type + b"\n" + body + self.last + self.line + self.epilogue


# As the clients send them, taken from the wire: name of the client, boundary, quoted, the two parts.
CLIENTS = (
    (
        "curl",
        b"------------------------d74496d66958873e",
        False,
        ([disposition(b'"service_choice"')], b"12"),
        (
            [disposition(b'"image_target"', b'; filename="p.jpg"'), b"Content-Type: image/jpeg"],
            PICTURE,
        ),
    ),
    (
        "chromium",
        b"----WebKitFormBoundary7MA4YWxkTrZu0gW",
        False,
        (
            [
                disposition(b'"image_target"', b'; filename="a b\xc3\xa9.jpg"'),
                b"Content-Type: image/jpeg",
            ],
            PICTURE,
        ),
        ([disposition(b'"service_choice"')], b"12"),
    ),
    (
        "firefox",
        b"---------------------------9051914041544843365972754266",
        False,
        ([disposition(b'"service_choice"')], b"100"),
        (
            [
                disposition(b'"image_target"', b'; filename="p%22q.jpg"'),
                b"Content-Type: image/jpeg",
            ],
            PICTURE,
        ),
    ),
    (
        "requests",
        b"0cf3a1b2c8d94e5fa6b7c8d9e0f1a2b3",
        False,
        ([disposition(b'"service_choice"')], b"12"),
        ([disposition(b'"image_target"', b'; filename="p.jpg"')], PICTURE),
    ),
    (
        "dotnet",
        b"8a3f1c2d-7b6e-4d5c-9f8a-0b1c2d3e4f50",
        True,
        ([b"Content-Type: text/plain; charset=utf-8", disposition(b"service_choice")], b"12"),
        (
            [
                b"Content-Type: image/jpeg",
                disposition(b"image_target", b"; filename=p.jpg; filename*=utf-8''p.jpg"),
            ],
            PICTURE,
        ),
    ),
    (
        "java",
        b"Boundary_12_1047184341_1700000000000",
        False,
        ([b"Content-Type: text/plain", disposition(b'"service_choice"')], b"12"),
        (
            [
                b"Content-Type: application/octet-stream",
                disposition(b'"image_target"', b'; filename="p.jpg"'),
                b"Content-Transfer-Encoding: binary",
            ],
            PICTURE,
        ),
    ),
    (
        "undici",
        b"----formdata-undici-0123456789",
        False,
        ([disposition(b'"service_choice"')], b"12"),
        (
            [
                disposition(b'"image_target"', b'; filename="blob"'),
                b"Content-Type: application/octet-stream",
            ],
            PICTURE,
        ),
    ),
    (
        "guzzle",
        b"f9d8c7b6a5948372615049382716050f4e3d2c1b",
        False,
        ([disposition(b'"service_choice"'), b"Content-Length: 2"], b"12"),
        (
            [
                disposition(b'"image_target"', b'; filename="p.jpg"'),
                b"Content-Length: 17",
                b"Content-Type: image/jpeg",
            ],
            PICTURE,
        ),
    ),
)


def new_form(dice):
    client, boundary, quoted, *parts = dice.choice(CLIENTS)
    return Form(client, boundary, quoted, parts)


def mutated(dice):
    form = new_form(dice)
    done = [form.client]
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3))):
        change = dice.choice(STRUCTURED)
        done.append(change.__name__)
        try:
            change(dice, form)
        except (StopIteration, IndexError, ValueError):
            done.pop()  # an earlier change took away what this one changes
    content = form.bytes()
    if dice.randrange(5) == 0:
        head, _, body = content.partition(b"\n")
        blind, name = mutate.blind(dice, body)
        done.append(name)
        content = head + b"\n" + (mutate.insert(dice, body, PIECES) if dice.randrange(2) else blind)
    return Input(content, " ".join(done))


def make(dice, count, whole):
    """The forms of the tree, if all are wanted, and so many mutations."""
    given = list(form_table.corpus()) + (list(form_table.table()) if whole else [])
    return given + [mutated(dice) for _ in range(count)]
