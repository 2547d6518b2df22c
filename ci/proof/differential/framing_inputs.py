"""Inputs of room framing: a call of the endpoint, changed where readers are known to stumble, and a
plain request behind it, which shows where a reader thinks that the first one ends."""
import mutate
from mutate import Input

FORM = (
    b'--b\r\nContent-Disposition: form-data; name="service_choice"\r\n\r\n12\r\n--b\r\n'
    b'Content-Disposition: form-data; name="image_target"; filename="p"\r\n\r\nx\r\n--b--\r\n'
)
ENDPOINT = b"/api/portrait/effects/emotion-editor"
SECOND = b"GET /api/common/query-credits?second HTTP/1.1\r\nHost: a\r\nailabapi-api-key: k\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


class Call:
    """A call in pieces, each of which a mutation may change before it is put together."""

    def __init__(self, chunked):
        self.before, self.method, self.target, self.version = b"", b"POST", ENDPOINT, b"HTTP/1.1"
        self.spaces, self.line, self.head_end = [b" ", b" ", b""], b"\r\n", b"\r\n"
        self.headers = [
            b"Host: a",
            b"ailabapi-api-key: k",
            b"Content-Type: multipart/form-data; boundary=b",
        ]
        self.body, self.after, self.chunked = FORM, SECOND, chunked
        self.lengths = [b"Transfer-Encoding: chunked"] if chunked else [b"Content-Length: %d"]
        self.chunks = (b"%x\r\n", b"\r\n", b"0\r\n", b"\r\n")

    def coded(self):
        if not self.chunked:
            return self.body
        size, end, last, trailer = self.chunks
        half = len(self.body) // 2
        return (
            b"".join(
                (size % len(one) if b"%" in size else size) + one + end
                for one in (self.body[:half], self.body[half:])
            )
            + last
            + trailer
        )

    def bytes(self):
        body = self.coded()
        lengths = [one.replace(b"%d", b"%d" % len(body)) for one in self.lengths]
        first = (
            self.method
            + self.spaces[0]
            + self.target
            + self.spaces[1]
            + self.version
            + self.spaces[2]
        )
        return (
            self.before
            + first
            + self.line
            + b"".join(one + self.line for one in self.headers + lengths)
            + self.head_end
            + body
            + self.after
        )


# ---- mutations


def length_spelling(dice, call):
    call.lengths = dice.choice(
        (
            [b"Content-Length: +%d"],
            [b"Content-Length: -%d"],
            [b"Content-Length: 0%d"],
            [b"Content-Length:%d"],
            [b"Content-Length: %d "],
            [b"Content-Length:\t%d"],
            [b"Content-Length: %d,%d"],
            [b"Content-Length: %d;"],
            [b"Content-Length: 0x%d"],
            [b"Content-Length: %d.0"],
            [b"Content-Length: %d x"],
            [b"Content-Length:"],
            [b"Content-Length: "],
            [b'Content-Length: "%d"'],
            [b"Content-Length: 1e2"],
            [b"content-length: %d"],
            [b"Content-Length : %d"],
            [b"Content-Length\t: %d"],
            [b"Content_Length: %d"],
            [b" Content-Length: %d"],
            [b"Content-Length: %d", b"Content-Length: %d"],
            [b"Content-Length: %d", b"Content-Length: 0"],
            [b"Content-Length: 0", b"Content-Length: %d"],
            [b"Content-Length: %d, %d"],
            [b"Content-Length: %d_0"],
            [b"Content-Length: 18446744073709551616"],
            [b"Content-Length: 9223372036854775807"],
            [b"Content-Length: 99999999999999999999999"],
            [b"Content-Length: %d\0"],
            [b"Content-Length: %d\x0b"],
            [b"Content-Length: %d\r\n 0"],
            [b"Content-Length:\r\n %d"],
            [b"Content-Length: 0%d0"[:18] + b"%d"],
            [b"X-Content-Length: 1", b"Content-Length: %d"],
            [],
            [b"Content-Length: \xb2"],
            [b"Content-Length: %d\r"],
            [b"X: y\rContent-Length: 0", b"Content-Length: %d"],
            [b"X: y\nContent-Length: 0", b"Content-Length: %d"],
        )
    )


def length_wrong(dice, call):
    off = dice.choice(
        (0, 1, len(FORM) - 1, len(FORM) + 1, len(FORM) + len(SECOND), len(FORM) + 5, 9999)
    )
    call.lengths = [b"Content-Length: %d" % off]


def coding_spelling(dice, call):
    value = dice.choice(
        (
            b"chunked",
            b"Chunked",
            b"CHUNKED",
            b"chunked, chunked",
            b"identity",
            b"gzip, chunked",
            b"chunked, identity",
            b"identity, chunked",
            b"x-chunked",
            b"chunked;q=1",
            b"\x0bchunked",
            b"chunked,",
            b",chunked",
            b'"chunked"',
            b"chunke",
            b"chunked\0",
            b"",
            b"\r\n chunked",
            b"gzip",
            b"chunked\x0b",
            b"chunkedchunked",
            b"chun\xebked",
            b"chunked\r\n , identity",
        )
    )
    name = dice.choice(
        (
            b"Transfer-Encoding: ",
            b"Transfer-Encoding:",
            b"transfer-encoding: ",
            b"Transfer-Encoding : ",
            b"Transfer-Encoding:\t",
            b" Transfer-Encoding: ",
            b"Transfer_Encoding: ",
            b"TE: ",
            b"Transfer-Encoding\t: ",
            b"Transfer-Encoding:  ",
            b"\0Transfer-Encoding: ",
        )
        if dice.randrange(3) == 0
        else (b"Transfer-Encoding: ",)
    )
    call.chunked = dice.randrange(4) != 0
    call.lengths = [name + value]


def both(dice, call):
    """A length and a coding: the classic."""
    call.chunked = bool(dice.randrange(2))
    call.lengths = [
        b"Transfer-Encoding: " + dice.choice((b"chunked", b"identity", b"xchunked")),
        b"Content-Length: %d",
    ]
    if dice.randrange(2):
        call.lengths.reverse()
    if not call.chunked:
        call.body = b"0\r\n\r\n" + HIDDEN


def coding_twice(dice, call):
    call.chunked = True
    call.lengths = [
        b"Transfer-Encoding: " + dice.choice((b"chunked", b"identity", b"gzip")),
        b"Transfer-Encoding: " + dice.choice((b"chunked", b"identity", b"x")),
    ]


def old_version(dice, call):
    call.version = b"HTTP/1.0"
    if dice.randrange(2):
        call.headers.append(b"Connection: keep-alive")


def chunk_spelling(dice, call):
    call.chunked, call.lengths = True, [b"Transfer-Encoding: chunked"]
    size, end, last, trailer = call.chunks
    which = dice.randrange(4)
    if which == 0:
        size = dice.choice(
            (
                b"0%x\r\n",
                b"0x%x\r\n",
                b"+%x\r\n",
                b"-%x\r\n",
                b" %x\r\n",
                b"%x \r\n",
                b"%X\r\n",
                b"%x;a=b\r\n",
                b"%x ; a\r\n",
                b'%x;a="\r\n"\r\n',
                b"%x\n",
                b"%x\r",
                b"%x;\n\r\n",
                b"%x\r\r\n",
                b"00000000000000000000%x\r\n",
                b"1000000000000000%x\r\n",
                b"%x,\r\n",
                b"%x\t\r\n",
                b"\r\n%x\r\n",
                b"%x;a\nb\r\n",
                b"%x\0\r\n",
                b"g\r\n",
                b"\r\n",
                b"%x;" + b"a" * 3000 + b"\r\n",
                b"%x;a\rb\r\n",
                b"ffffffffffffffff%x\r\n",
                b"%x\xa0\r\n",
                b"%x_\r\n",
            )
        )
    elif which == 1:
        end = dice.choice((b"\n", b"\r", b"", b"xx", b"\r\n\r\n", b"\n\r", b"x\r\n", b"\0\r\n"))
    elif which == 2:
        last = dice.choice(
            (
                b"0\n",
                b"00\r\n",
                b"0000000000000000000000\r\n",
                b"0;a\r\n",
                b"0 \r\n",
                b"",
                b"0x0\r\n",
                b"-0\r\n",
                b"0\r",
                b"0",
                b"\r\n0\r\n",
                b"0;a\n\r\n",
                b"0\r\n0\r\n",
            )
        )
    else:
        trailer = dice.choice(
            (
                b"X: y\r\n\r\n",
                b"Content-Length: 5\r\n\r\n",
                b"\n",
                b"",
                b"X\r\n\r\n",
                b"X: y\n\r\n",
                b" x\r\n\r\n",
                b"Transfer-Encoding: chunked\r\n\r\n",
                b"X : y\r\n\r\n",
                b"\r",
                b"X: y\r\n y\r\n\r\n",
                b": y\r\n\r\n",
                b"X: y\r\r\n\r\n",
                b"Host: b\r\n\r\n",
                b"X: a\0b\r\n\r\n",
            )
        )
    call.chunks = (size, end, last, trailer)


def header_line(dice, call):
    call.headers.insert(
        dice.randrange(len(call.headers) + 1),
        dice.choice(
            (
                b"X: y\r\n z",
                b"X: y\r\n\tz",
                b"X:\r\n z",
                b" X: y",
                b"\tX: y",
                b"X : y",
                b"X\t: y",
                b"X",
                b": y",
                b"X: \0",
                b"X: a\rb",
                b"X: a\nb",
                b"X: \xff",
                b"X: \x01",
                b"X\xff: y",
                b"X y: z",
                b"X:",
                b"X: " + b"y" * 9000,
                b"(X): y",
                b"X: \x7f",
                b"X: a\tb",
                b"X: y\r",
                b"\r",
                b"X;: y",
                b'X"y": z',
                b"X@: z",
                b"X: \x0b",
                b"X\0: y",
                b"X:y:z",
                b"{}: y",
                b"\xc3\xa9: y",
                b"_: y",
                b"Content-Length\0: 0",
                b"Content-Length\xa0: 0",
                b"X: y\n",
                b"X: y\n\n",
                b"\0",
                b"X: y\r\r",
            )
        ),
    )


def request_line(dice, call):
    which = dice.randrange(6)
    if which == 0:
        call.spaces[dice.randrange(2)] = dice.choice(
            (b"  ", b"\t", b" \t", b"\x0b", b"", b"\xa0", b"\r", b"\x0c", b"   ")
        )
    elif which == 1:
        call.spaces[2] = dice.choice((b" ", b" x", b"\t", b"\0", b" HTTP/1.1", b"\r"))
    elif which == 2:
        call.version = dice.choice(
            (
                b"HTTP/1.2",
                b"HTTP/1.10",
                b"HTTP/01.1",
                b"HTTP/1.01",
                b"http/1.1",
                b"HTTP/2.0",
                b"HTTP/0.9",
                b"HTTP/1",
                b"HTTP/1.",
                b"HTTP/.1",
                b"HTTP /1.1",
                b"HTTP/1.1x",
                b"HTTP/+1.1",
                b"HTTP/1,1",
                b"",
                b"HTTPS/1.1",
                b"HTTP/9.9",
                b"ICY/1.1",
            )
        )
    elif which == 3:
        call.target = dice.choice(
            (
                b"/x",
                b"*",
                b"http://a" + ENDPOINT,
                b"HTTP://a" + ENDPOINT,
                b"a" + ENDPOINT,
                b"/\0",
                b"/\xff",
                b"//a" + ENDPOINT,
                ENDPOINT + b"?q",
                ENDPOINT + b"#f",
                ENDPOINT + b"?q#f",
                ENDPOINT + b"%00",
                b"?",
                b"/a b",
                b"http:///x",
                b"http://",
                b"/.." + ENDPOINT,
                b"/\x7f",
                b"\\",
                b'/"',
                b"/<>",
                b"a:80",
                ENDPOINT + b"?a=\xc3\xa9",
                ENDPOINT + b"/",
                b"/%zz",
                b"http://a:b@c" + ENDPOINT,
            )
        )
    elif which == 4:
        call.method = dice.choice(
            (
                b"post",
                b"PO ST",
                b"P",
                b"GET",
                b"PUT",
                b"DELETE",
                b"X-Y",
                b"POST\0",
                b"P(ST",
                b"PATCH",
                b"OPTIONS",
                b"P\xffST",
                b"POSTT",
                b"PRI",
                b"MKCOL",
                b'"POST"',
                b"P" * 300,
                b"TRACE",
            )
        )
    else:
        call.before = dice.choice(
            (
                b"\r\n",
                b"\n",
                b"\r\n\r\n",
                b" ",
                b"\t",
                b"\r",
                b"\0",
                b"\n\n",
                b"\r\n\r\n\r\n",
                b"\xef\xbb\xbf",
            )
        )


def host(dice, call):
    call.headers[0:1] = dice.choice(
        (
            [],
            [b"Host: a", b"Host: a"],
            [b"Host: a", b"Host: b"],
            [b"Host:"],
            [b"Host: a b"],
            [b"Host: a,b"],
            [b"Host: a:80"],
            [b"Host: http://a"],
            [b"Host : a"],
            [b"host: a"],
            [b"Host: \xff"],
            [b"Host: a/b"],
            [b"Host: a@b"],
            [b"Host: [::1]"],
            [b"Host: ["],
            [b"Host: a\r\n b"],
        )
    )


def line_ends(dice, call):
    if dice.randrange(2):
        call.head_end = dice.choice(
            (b"\n", b"\r", b"", b"\n\r\n", b"\r\r\n", b" \r\n", b"\0\r\n", b"\r\n\r\n", b"\t\r\n")
        )
    else:
        call.line = dice.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b" \r\n"))


def connection(dice, call):
    call.headers.append(
        dice.choice(
            (
                b"Connection: close",
                b"Connection: keep-alive",
                b"Connection: close, keep-alive",
                b"Connection: Content-Length",
                b"Connection: Transfer-Encoding",
                b"Expect: 100-continue",
                b"Expect: x",
                b"Upgrade: h2c",
                b"Connection: upgrade\r\nUpgrade: h2c",
                b"Connection: upgrade\r\nUpgrade: websocket",
                b"Proxy-Connection: close",
                b"Connection:",
                b"Connection: CLOSE",
                b"TE: trailers",
                b"Expect: 100-Continue",
                b"Connection: keep-alive\r\nConnection: close",
                b"Keep-Alive: 5",
                b"Content-Encoding: gzip",
            )
        )
    )


def without_body(dice, call):
    """A method without a body has one, or has none and says so."""
    call.method = dice.choice((b"GET", b"DELETE", b"POST"))
    call.body, call.chunked = dice.choice(
        ((b"", False), (HIDDEN, False), (b"x", True), (b"", True))
    )
    if call.chunked:
        call.lengths = [b"Transfer-Encoding: chunked"]


def behind(dice, call):
    call.after = dice.choice(
        (
            b"",
            b"\r\n" + SECOND,
            b"\n" + SECOND,
            b"\0" + SECOND,
            b" " + SECOND,
            SECOND + SECOND,
            HIDDEN + SECOND,
            b"\r\n\r\n" + SECOND,
            SECOND[:20],
            b"x" * 20 + SECOND,
            b"0\r\n\r\n" + SECOND,
        )
    )


STRUCTURED = (
    length_spelling,
    length_spelling,
    length_wrong,
    coding_spelling,
    coding_spelling,
    both,
    coding_twice,
    old_version,
    chunk_spelling,
    chunk_spelling,
    chunk_spelling,
    header_line,
    header_line,
    request_line,
    request_line,
    host,
    line_ends,
    connection,
    without_body,
    behind,
)
PIECES = (b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b"0", b"\x80", b",")


def mutated(dice):
    call, done = Call(dice.randrange(3) == 0), []
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3))):
        change = dice.choice(STRUCTURED)
        change(dice, call)
        done.append(change.__name__)
    content = call.bytes()
    if dice.randrange(6) == 0:
        content, name = (
            (mutate.insert(dice, content, PIECES), "insert")
            if dice.randrange(2)
            else mutate.blind(dice, content)
        )
        done.append(name)
    return Input(content, " ".join(done))


def make(dice, count):
    plain = [Input(Call(chunked).bytes(), "plain") for chunked in (False, True)]
    return plain + [mutated(dice) for _ in range(count)]
