"""Requests that no honest client sends, each on its own connection, each followed by a good one.

A row says what must come back, exactly: the answers in order, and whether the connection then goes
on. Slow, silent and many clients are patience.py's; right requests are shapes.py's.
"""
import gzip

from harness import KEY, main, until
from wire import (
    CHUNKED,
    CREDITS_PATH,
    PATH,
    Malformed,
    Peer,
    body_of,
    chunked,
    form,
    head_of,
    part,
    request,
    summary,
)

OK = (200, "")
FORBIDDEN = (403, "ERROR_ILLEGAL_OPERATION")
BAD = (400, "ERROR_PARAMETERS")
NOT_FOUND = (404, "ERROR_AI_NOT_EXISTS")
NOT_ALLOWED = (405, "ERROR_ILLEGAL_OPERATION")
MISSING = (400, "MISSING_PARAMETERS")
NO_KEY = (401, "ERROR_USER_NOT_EXISTS")
DAMAGED = (422, "FILE_DECODING_FAILURE")
TOO_LARGE = (413, "FILE_SIZE_EXCEEDS_LIMIT")
OPEN, CLOSED, CUT = "open", "closed", "the client stops sending"

CLOSE = "Connection: close\r\n"
WEBSOCKET = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
H2C = (
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
)


def framing_rows(body):
    """(why, bytes, answers, how it goes on)"""
    good = request(body)
    rows = [
        (
            "Transfer-Encoding with Content-Length",
            request(chunked(body), more=CHUNKED),
            [BAD],
            CLOSED,
        ),
        (
            "two Content-Length that differ",
            request(body, more="Content-Length: 5\r\n"),
            [BAD],
            CLOSED,
        ),
        (
            "two Content-Length that agree",
            request(body, more=f"Content-Length: {len(body)}\r\n"),
            [BAD],
            CLOSED,
        ),
        ("Transfer-Encoding twice", head_of(None, more=CHUNKED * 2) + chunked(body), [BAD], CLOSED),
        (
            "Transfer-Encoding: gzip, chunked",
            head_of(None, more="Transfer-Encoding: gzip, chunked\r\n") + chunked(body),
            [BAD],
            CLOSED,
        ),
        (
            "Transfer-Encoding: identity",
            head_of(None, more="Transfer-Encoding: identity\r\n") + body,
            [BAD],
            CLOSED,
        ),
        (
            "chunked in HTTP/1.0",
            head_of(None, version="HTTP/1.0", more=CHUNKED) + chunked(body),
            [BAD],
            CLOSED,
        ),
        ("space before the colon", request(body, more="X-A : b\r\n"), [BAD], CLOSED),
        ("space before the colon only", request(body, more="X-A :b\r\n"), [BAD], CLOSED),
        ("folded header", request(body, more="X-A: b\r\n  folded\r\nX-C: d\r\n"), [BAD], CLOSED),
        ("two blanks before the target", good.replace(b" /", b"  /", 1), [BAD], CLOSED),
        ("two blanks before the version", good.replace(b" HTTP", b"  HTTP", 1), [BAD], CLOSED),
        ("a line end before the target", good.replace(b" /", b" \r\n/", 1), [BAD], CLOSED),
        (
            "white space before the first header",
            good.replace(b"\r\n", b"\r\n X-A: b\r\n", 1),
            [BAD],
            CLOSED,
        ),
        ("CR alone before the first header", good.replace(b"\r\n", b"\r\n\r\r\n", 1), [BAD], CLOSED),
        ("empty header name", request(body, more=": b\r\nX-C: d\r\n"), [BAD], CLOSED),
        ("header line without colon", request(body, more="nonsense\r\n"), [BAD], CLOSED),
        ("header name with a parenthesis", request(body, more="X(A): b\r\n"), [BAD], CLOSED),
        ("NUL in a header", request(body, more="X-A: a\0b\r\n"), [BAD], CLOSED),
        ("CR alone in a header", request(body, more="X-A: a\rb: c\r\n"), [BAD], CLOSED),
        ("LF alone ends lines", good.replace(b"\r\n", b"\n", 6), [BAD], CLOSED),
        ("no Host in HTTP/1.1", request(body, host=""), [BAD], CLOSED),
        ("two Host", request(body, more="Host: other\r\n"), [BAD], CLOSED),
        (
            "70 headers",
            request(body, more="".join(f"X-{i}: a\r\n" for i in range(70))),
            [BAD],
            CLOSED,
        ),
        ("a header of 17 KB", request(body, more="X: " + "a" * 17000 + "\r\n"), [BAD], CLOSED),
        ("a header of 1 MB", request(body, more="X: " + "a" * 1000000 + "\r\n"), [BAD], CLOSED),
        ("a target of 17 KB", request(body, target=PATH + "?" + "a" * 17000), [BAD], CLOSED),
        ("a target that is no path", request(body, target="foo"), [BAD], CLOSED),
        ("HTTP/2.0", request(body, version="HTTP/2.0"), [BAD], CLOSED),
        ("HTTP/0.9", b"GET /\r\n\r\n", [BAD], CLOSED),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), [BAD], CLOSED),
        ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 506, [BAD], CLOSED),
        ("one empty line first", b"\r\n" + good, [OK], OPEN),
        ("an empty line between requests", good + b"\r\n" + good, [OK, OK], OPEN),
        ("two empty lines first", b"\r\n\r\n" + good, [BAD], CLOSED),
        ("a bare CR and a blank first", b"\r " + good, [BAD], CLOSED),
        ("an empty line of LF alone first", b"\n" + good, [BAD], CLOSED),
        ("a space first", b" " + good, [BAD], CLOSED),
        ("a tab after a colon", good.replace(b"Host: ", b"Host:\t"), [BAD], CLOSED),
        ("a tab in a header", request(body, more="X-A: b\tc\r\n"), [BAD], CLOSED),
        ("noise", bytes(range(256)) * 8 + b"\r\n\r\n", [BAD], CLOSED),
    ]
    for value in [
        "5abc",
        "+5",
        "0x5",
        "1e3",
        "5,6",
        "5 6",
        "9223372036854775807",
        "18446744073709551617",
        "9" * 40,
        "-1",
        "",
        " ",
    ]:
        rows.append(
            (
                f"Content-Length: '{value}'",
                head_of(None, more=f"Content-Length: {value}\r\n") + b"hello",
                [BAD],
                CLOSED,
            )
        )
    return rows


def length_rows(body):
    good = request(body)
    return [
        ("no body at all", head_of(None), [BAD], OPEN),
        ("Content-Length: 0", head_of(0), [BAD], OPEN),
        ("Content-Length larger than the body", head_of(len(body) + 100) + body, [BAD], CUT),
        ("the body is cut", good[:20000], [BAD], CUT),
        ("the body never starts", head_of(len(body)), [BAD], CUT),
        (
            "Content-Length smaller by the last LF, a request follows",
            head_of(len(body) - 1) + body + good,
            [OK, BAD],
            CLOSED,
        ),
        (
            "Content-Length smaller: the rest is no request",
            head_of(len(body) - 3000) + body,
            [BAD, BAD],
            CLOSED,
        ),
        ("Content-Length smaller by the whole body", head_of(0) + body, [BAD, BAD], CLOSED),
        ("the head is cut", good[:60], [BAD], CUT),
        ("nothing is sent", b"", [], CUT),
        (
            "too large by announcement, sent in part",
            head_of(104857600) + b"a" * 3000000,
            [TOO_LARGE],
            CLOSED,
        ),
        ("too large by one byte", head_of(6291457) + b"a" * 6291457, [TOO_LARGE], CLOSED),
        ("no key, 5 MB follow", request(b"a" * 5000000, key=None), [NO_KEY], CLOSED),
        ("empty key", request(body, key=""), [NO_KEY], CLOSED),
    ]


def chunk_rows(body):
    def send(data):
        return head_of(None, more=CHUNKED) + data

    return [
        ("chunk size is no number", send(b"zz\r\n"), [BAD], CLOSED),
        ("chunk size with a sign", send(b"-1\r\nhello\r\n0\r\n\r\n"), [BAD], CLOSED),
        ("chunk size with 0x", send(b"0x5\r\nhello\r\n0\r\n\r\n"), [BAD], CLOSED),
        ("chunk size is empty", send(b"\r\nhello\r\n0\r\n\r\n"), [BAD], CLOSED),
        ("chunk size over 64 bits", send(b"1" + b"0" * 17 + b"\r\nhello"), [BAD], CLOSED),
        ("chunk size of all bits", send(b"f" * 16 + b"\r\nhello"), [BAD], CLOSED),
        (
            "chunk size line of 100 KB",
            send(b"0" * 100000 + b"5\r\nhello\r\n0\r\n\r\n"),
            [BAD],
            CLOSED,
        ),
        ("chunk size with a space", send(b"5 \r\nhello\r\n0\r\n\r\n"), [BAD], CLOSED),
        ("a space before a chunk size", send(b" 5\r\nhello\r\n0\r\n\r\n"), [BAD], CLOSED),
        ("LF alone after chunk sizes", send(b"5\nhello\n0\n\n"), [BAD], CLOSED),
        ("a chunk without its CRLF", send(b"5\r\nhello0\r\n\r\n"), [BAD], CLOSED),
        ("a chunk with other bytes for its CRLF", send(b"5\r\nhelloXX0\r\n\r\n"), [BAD], CLOSED),
        (
            "a trailer that looks like a request is none",
            head_of(None, more=CHUNKED + CLOSE)
            + chunked(body, trailer=b"XYGET / HTTP/1.1\r\nHost: x\r\n"),
            [OK],
            CLOSED,
        ),
        ("chunk longer than its size", send(b"3\r\nhello\r\n0\r\n\r\n"), [BAD], CLOSED),
        ("the chunks are cut", send(chunked(body)[:3000]), [BAD], CUT),
        ("the last chunk is missing", send(chunked(body)[:-5]), [BAD], CUT),
        (
            "a chunk of 100 MB is announced",
            send(b"6400000\r\n" + b"a" * 7000000),
            [TOO_LARGE],
            CLOSED,
        ),
    ]


def multipart_rows(image):
    body = form(image)
    choice, picture = part("service_choice", b"12"), part("image_target", image, "a.jpg")
    disposition = b"Content-Disposition: form-data; "

    def typed(value, data=body):
        return request(data, content_type=value)

    def parts(*rows):
        return request(body_of(rows))

    long = "b" * 1025
    return [
        (
            "boundary of 1025 characters",
            typed(f"multipart/form-data; boundary={long}", form(image, boundary=long)),
            [BAD],
            OPEN,
        ),
        (
            "boundary of 10,000 characters",
            typed("multipart/form-data; boundary=" + "b" * 10000),
            [BAD],
            OPEN,
        ),
        ("no boundary", typed("multipart/form-data"), [BAD], OPEN),
        ("empty boundary", typed("multipart/form-data; boundary="), [BAD], OPEN),
        ("empty quoted boundary", typed('multipart/form-data; boundary=""'), [BAD], OPEN),
        (
            "boundary without its closing quote",
            typed('multipart/form-data; boundary="B'),
            [BAD],
            OPEN,
        ),
        ("two boundaries", typed("multipart/form-data; boundary=B; boundary=C"), [BAD], OPEN),
        ("another boundary than announced", typed("multipart/form-data; boundary=C"), [BAD], OPEN),
        ("no Content-Type", typed(None), [BAD], OPEN),
        ("multipart/mixed", typed("multipart/mixed; boundary=B"), [BAD], OPEN),
        (
            "urlencoded, cut short",
            typed("application/x-www-form-urlencoded", b"service_choice=%"),
            [BAD],
            OPEN,
        ),
        ("urlencoded with NUL", typed("application/x-www-form-urlencoded", b"a\0b=c"), [BAD], OPEN),
        ("no Content-Type, a percent sign last", typed(None, b"a=%"), [BAD], OPEN),
        ("JSON", typed("application/json", b'{"service_choice":12}'), [BAD], OPEN),
        ("10,000 empty parts", parts(*[b"\r\n"] * 10000), [BAD], OPEN),
        ("10,000 named parts", parts(*[part("x", b"")] * 10000), [BAD], OPEN),
        ("a part header of 1 MB", parts(part("x" * 1000000, b"1"), choice, picture), [BAD], OPEN),
        ("a part header without end", parts(b"X: " + b"a" * 1000000), [BAD], OPEN),
        ("a part without a name", parts(disposition[:-2] + b"\r\n\r\n12", picture), [BAD], OPEN),
        ("a part without headers", parts(b"\r\n12", picture), [BAD], OPEN),
        (
            "an empty part without CRLF",
            request(b"--B\r\n" + disposition + b'name="image_target"\r\n\r\n--B--\r\n'),
            [BAD],
            OPEN,
        ),
        ("service_choice twice", parts(choice, picture, choice), [BAD], OPEN),
        (
            "service_choice twice, once unquoted",
            parts(choice, picture, disposition + b"name=service_choice\r\n\r\n13"),
            [BAD],
            OPEN,
        ),
        ("image_target twice", parts(choice, picture, picture), [BAD], OPEN),
        (
            "two names in a part",
            parts(disposition + b'name="service_choice"; name="x"\r\n\r\n12', picture),
            [BAD],
            OPEN,
        ),
        ("no final boundary", request(body[: -len("--B--\r\n")]), [BAD], OPEN),
        ("NUL in a name", parts(part("service\0_choice", b"12"), picture), [BAD], OPEN),
        ("CR in a name", parts(part("service\r_choice", b"12"), picture), [BAD], OPEN),
        ("CR LF in a name", parts(part("service\r\n_choice", b"12"), picture), [BAD], OPEN),
        ("%0D%0A in a name", parts(part("service%0D%0A_choice", b"12"), picture), [MISSING], OPEN),
        ("NUL after a name", parts(part("service_choice\0", b"12"), picture), [BAD], OPEN),
        (
            "the delimiter inside the image, then no header",
            request(form(image[:5000] + b"\r\n--B\r\n" + image[5000:])),
            [BAD],
            OPEN,
        ),
        (
            "the final delimiter inside the image",
            request(form(image[:5000] + b"\r\n--B--\r\n" + image[5000:])),
            [DAMAGED],
            OPEN,
        ),
        (
            "the boundary within a line of the image",
            request(form(image[:40000] + b"--B--" + image[40000:])),
            [OK],  # cut there it would be damaged
            OPEN,
        ),
        (
            "a gzip body",
            request(gzip.compress(form(bytes(50000))), more="Content-Encoding: gzip\r\n"),
            [BAD],
            OPEN,
        ),
        ("CR LF alone", request(b"\r\n" * 1000), [BAD], OPEN),
        ("only dashes", request(b"-" * 100000), [BAD], OPEN),
        ("1 MB of delimiters", request(b"\r\n--B" * 200000), [BAD], OPEN),
    ]


def target_rows(body):
    rows = [
        (
            "GET with a websocket upgrade",
            head_of(None, method="GET", more=WEBSOCKET),
            [NOT_ALLOWED],
            CLOSED,
        ),
        ("POST with a websocket upgrade", request(body, more=WEBSOCKET), [OK], CLOSED),
        ("an offer of h2c", request(body, more=H2C), [OK], CLOSED),
        ("GET", head_of(None, method="GET"), [NOT_ALLOWED], OPEN),
        ("PUT with a body", request(body, method="PUT"), [NOT_ALLOWED], CLOSED),
        ("DELETE", head_of(None, method="DELETE"), [NOT_ALLOWED], OPEN),
        ("PROPFIND", head_of(None, method="PROPFIND"), [NOT_ALLOWED], OPEN),
        ("TRACE", head_of(None, method="TRACE"), [NOT_ALLOWED], CLOSED),
        ("an unknown method", request(body, method="FOO"), [NOT_ALLOWED], CLOSED),
        (
            "an unknown method elsewhere",
            request(body, method="FOO", target="/x"),
            [NOT_FOUND],
            CLOSED,
        ),
        ("POST to the credits", request(body, target=CREDITS_PATH), [NOT_ALLOWED], CLOSED),
        ("OPTIONS *", head_of(None, method="OPTIONS", target="*"), [NOT_FOUND], CLOSED),
        ("an absolute URI", request(body, target="http://127.0.0.1" + PATH), [OK], CLOSED),
        (
            "an absolute URI of the service",
            request(body, target="http://www.ailabapi.com" + PATH),
            [OK],
            CLOSED,
        ),
        ("CONNECT", head_of(None, method="CONNECT", target="www.ailabapi.com:443"), [FORBIDDEN], CLOSED),
    ]
    for target in [
        PATH.upper(),
        PATH + "x",
        PATH + "/",
        PATH + "/extra",
        PATH.replace("-", "%2D"),
        "/" + PATH,
        PATH + "%00",
        PATH + ";x",
        "/api/.." + PATH,
        "/api/portrait",
        "/",
        "/etc/passwd",
        "/../../etc/passwd",
        "/api/common/query-creditsx",
    ]:
        rows.append((f"target {target}", request(body, target=target), [NOT_FOUND], CLOSED))
    rows.append((f"target {PATH}?x=y", request(body, target=PATH + "?x=y"), [OK], OPEN))
    return rows


def connection_rows(body):
    good = request(body)
    last = request(body, more=CLOSE)
    small = request(form(b"not a picture"))
    return [
        ("10 requests at once", good * 10, [OK] * 10, OPEN),
        ("100 small requests at once", small * 100, [(415, "UNSUPPORTED_FILE_TYPES")] * 100, OPEN),
        (
            "good and bad ones mixed",
            good + head_of(None, method="GET") + small + good,
            [OK, NOT_ALLOWED, (415, "UNSUPPORTED_FILE_TYPES"), OK],
            OPEN,
        ),
        ("what follows Connection: close is not answered", last + good, [OK], CLOSED),
        (
            "what follows a refused head is not answered",
            request(body, more="X-A : b\r\n") + good,
            [BAD],
            CLOSED,
        ),
        ("HTTP/1.0", request(body, version="HTTP/1.0", host=""), [OK], CLOSED),
        (
            "HTTP/1.0 with keep-alive",
            request(body, version="HTTP/1.0", more="Connection: keep-alive\r\n"),
            [OK],
            OPEN,
        ),
        (
            "Connection: Keep-Alive, Close",
            request(body, more="Connection: Keep-Alive, Close\r\n"),
            [OK],
            CLOSED,
        ),
        ("Connection: x", request(body, more="Connection: x\r\n"), [OK], CLOSED),
        (
            "Connection: TE, keep-alive",
            request(body, more="Connection: TE, keep-alive\r\n"),
            [OK],
            OPEN,
        ),
        (
            "a plain form with a Content-Encoding",
            request(body, more="Content-Encoding: utf-8\r\n"),
            [OK],
            OPEN,
        ),
        ("an unknown expectation", request(body, more="Expect: foo\r\n"), [OK], OPEN),
    ]


def answers_of(peer, count):
    out = []
    while len(out) < count or (not count and not out):
        answer = peer.answer(limit_s=5)
        if answer is None:
            break
        out.append(answer)
    return out


def ending_of(peer, good, answers):
    """How the connection goes on, shown by using it, and the header that announced it."""
    announced = answers and answers[-1].header("Connection")
    if announced == "close" or not answers:
        return peer.ending(5)
    peer.send(good)
    answer = peer.answer(limit_s=5)
    return OPEN if answer and answer.status == 200 else f"not open: {summary(answer)}"


def try_row(mock, good, row):
    """(what was seen, what was expected)"""
    _, data, expected, goes_on = row
    seen = []
    try:
        with Peer(mock) as peer:
            peer.send(data)
            if goes_on is CUT:
                peer.shut()
            answers = answers_of(peer, len(expected))
            seen = [summary(answer) for answer in answers]
            if any(KEY.encode() in answer.body for answer in answers):
                seen.append("the key")
            seen.append(ending_of(peer, good, answers))
    except Malformed as error:
        seen.append(f"malformed answer: {error}")
    return seen, expected + [CLOSED if goes_on is CUT else goes_on]


def run_table(suite, mock, good, title, rows):
    with Peer(mock) as peer:
        before = summary(peer.send(good).answer())
    if not suite.checks.equal(f"{title}: a good request first", before, OK):
        return
    for row in rows:
        seen, expected = try_row(mock, good, row)
        suite.checks.equal(f"{title}: {row[0]}", seen, expected)
        with Peer(mock) as peer:
            after = summary(peer.send(good).answer())
        if after != OK:
            suite.checks.equal(f"{title}: {row[0]}: a good request afterwards", after, OK)


def check_chunk_extension(suite, mock, body):
    """civetweb before 1.16 refuses it and the connection ends; since then it is read over."""
    data = head_of(None, more=CHUNKED) + chunked(body, line=b"%x;a=b\r\n")
    with Peer(mock) as peer:
        answer = peer.send(data).answer(limit_s=5)
        if summary(answer) == OK:
            end = summary(peer.send(request(body)).answer(limit_s=5))
        else:
            end = peer.ending(5)
    suite.checks.that(
        "a chunk extension is read over, or refused and the connection closed",
        (summary(answer), end) in [(OK, OK), (BAD, CLOSED)],
        f"{summary(answer)}, then {end}",
    )


def check_reasons(suite, mock, body):
    """What valid HTTP lacks for this mock is named in the refusal."""
    tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 506
    rows = [
        ("a tab in a header", request(body, more="X-A: b\tc\r\n"), "a tab"),
        ("a TLS hello", tls, "TLS"),
        ("two empty lines first", b"\r\n\r\n" + request(body), "several empty lines"),
        (
            "a gzip body",
            request(gzip.compress(body), more="Content-Encoding: gzip\r\n"),
            "Content-Encoding is 'gzip'",
        ),
        (
            "a chunk extension",
            head_of(None, more=CHUNKED) + chunked(body, line=b"%x;a=b\r\n"),
            "extension",
        ),
    ]
    for why, data, words in rows:
        with Peer(mock) as peer:
            answer = peer.send(data).answer(limit_s=5)
        if answer and answer.status == 200 and why == "a chunk extension":
            continue  # civetweb 1.16 reads over it
        suite.checks.equal(f"{why}: refused", summary(answer), BAD)
        said = answer.json()["error_detail"]["message"]
        suite.checks.that(f"{why}: the refusal names it", words in said, said)
        said_id = answer.json()["request_id"].encode()  # the line comes after the answer
        lines = until(lambda i=said_id: [row for row in mock.log_lines() if i in row])
        last = lines[-1] if lines else b""
        suite.checks.that(f"{why}: the log names it", words.encode() in last, last)
        if why != "a TLS hello":
            line = f" POST {PATH} 400 ".encode()
            suite.checks.that(f"{why}: the log has method and path", line in last, last)


def test(suite):
    image = suite.picture("portrait.jpg")
    body = form(image)
    good = request(body)
    for log in ("text", "json"):
        mock = suite.start("--log", log)
        if log == "text":
            run_table(suite, mock, good, "framing", framing_rows(body))
            run_table(suite, mock, good, "length", length_rows(body))
            run_table(suite, mock, good, "chunks", chunk_rows(body))
            check_chunk_extension(suite, mock, body)
            check_reasons(suite, mock, body)
        else:
            run_table(suite, mock, good, "multipart", multipart_rows(image))
            run_table(suite, mock, good, "target", target_rows(body))
            run_table(suite, mock, good, "connection", connection_rows(body))
        suite.checks.that(f"--log {log} wrote lines", mock.log().count(b"\n") > 50)
        mock.stop()


if __name__ == "__main__":
    main(test)
