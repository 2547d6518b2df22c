"""Every way in which right requests differ on the wire: all of them get the same right answer.

The shapes are those of the vendor's SDKs, browsers and hand-written callers. Each is sent on one
kept connection, and the picture that comes back is decoded. What is wrong with a request is the
subject of hostile.py. After a trailer that was announced the answer ends the connection.
"""
import time

from harness import main
from wire import (
    CHUNKED,
    CREDITS_PATH,
    PATH,
    Peer,
    arm,
    body_of,
    chunked,
    form,
    head_of,
    part,
    request,
    summary,
)

OK = (200, "")


def field_bodies(image):
    """(why, body) with boundary B"""
    choice, picture = part("service_choice", b"12"), part("image_target", image, "a.jpg")
    form_data = b"Content-Disposition: form-data; "

    def image_as(head):
        return body_of([choice, head.encode("utf-8") + b"\r\n\r\n" + image])

    def choice_as(head):
        return body_of([head.encode("utf-8") + b"\r\n\r\n12", picture])

    names = 'name="image_target"'
    disposition = "Content-Disposition: form-data; "
    return [
        ("as documented", body_of([choice, picture])),
        ("the picture first", body_of([picture, choice])),
        (
            "unknown fields around",
            body_of([part("a", b"1"), choice, part("b", b""), picture, part("a", b"2")]),
        ),
        ("30 more fields", body_of([choice, picture] + [part(f"f{i}", b"x") for i in range(30)])),
        ("unquoted name", choice_as("Content-Disposition: form-data; name=service_choice")),
        (
            "unquoted name, trailing ;",
            choice_as("Content-Disposition: form-data; name=service_choice;"),
        ),
        (
            "quoted name, trailing ;",
            choice_as('Content-Disposition: form-data; name="service_choice";'),
        ),
        ("no space after ;", choice_as('Content-Disposition: form-data;name="service_choice"')),
        (
            "upper-case parameter",
            choice_as('Content-Disposition: form-data; NAME="service_choice"'),
        ),
        (
            "lower-case headers",
            choice_as(
                'content-disposition: form-data; name="service_choice"\r\n'
                "content-type: text/plain"
            ),
        ),
        ("upper-case header", choice_as('CONTENT-DISPOSITION: FORM-DATA; name="service_choice"')),
        (
            "text/plain; charset=utf-8",
            choice_as(
                "Content-Type: text/plain; charset=utf-8\r\n"
                'Content-Disposition: form-data; name="service_choice"'
            ),
        ),
        (
            "Content-Length and encoding in a part",
            choice_as(
                'Content-Disposition: form-data; name="service_choice"\r\n'
                "Content-Type: text/plain; charset=US-ASCII\r\nContent-Transfer-Encoding: 8bit\r\n"
                "Content-Length: 2"
            ),
        ),
        (
            "a folded part header",
            choice_as('Content-Disposition: form-data;\r\n name="service_choice"'),
        ),
        ("filename*=", image_as(disposition + names + "; filename*=UTF-8''%E5%9B%BE.jpg")),
        (
            "filename and filename*",
            image_as(disposition + names + "; filename=\"a.jpg\"; filename*=utf-8''a.jpg"),
        ),
        ("filename before name", image_as(disposition + 'filename="a.jpg"; ' + names)),
        (
            "application/octet-stream, file",
            image_as(
                disposition + names + '; filename="file"\r\nContent-Type: application/octet-stream'
            ),
        ),
        ("image_target.bin", image_as(disposition + names + '; filename="image_target.bin"')),
        ("a file name with a path", image_as(disposition + names + '; filename="C:\\up\\a.jpg"')),
        ("a file name with a slash", image_as(disposition + names + '; filename="/photos/a b.jpg"')),
        (
            "a file name with an escaped quote",
            image_as(disposition + names + '; filename="a\\"b.jpg"'),
        ),
        ("a file name with %22", image_as(disposition + names + '; filename="a%22b.jpg"')),
        ("a file name in UTF-8", image_as(disposition + names + '; filename="Porträt 图.jpg"')),
        ("a file name with ;", image_as(disposition + names + '; filename="a; name=x.jpg"')),
        ("an empty file name", image_as(disposition + names + '; filename=""')),
        ("an unquoted file name", image_as(disposition + names + "; filename=a.jpg")),
        ("no file name", image_as(disposition + names)),
        (
            "a lying type",
            image_as(disposition + names + '; filename="a.gif"\r\nContent-Type: image/gif'),
        ),
        ("a preamble", b"This is MIME.\r\n" + body_of([choice, picture])),
        ("an epilogue", body_of([choice, picture]) + b"the end\r\n"),
        ("no CRLF at the end", body_of([choice, picture])[:-2]),
        (
            "white space after delimiters",
            body_of([choice, picture]).replace(b"--B\r\n", b"--B \t\r\n"),
        ),
        ("bytes after the picture", form(image + b"more than the file")),
        ("delimiter text within a line after the picture", form(image + b"x--B--\r\n--Bee")),
        (
            "a file name on service_choice",
            body_of([form_data + b'name="service_choice"; filename="c.txt"\r\n\r\n12', picture]),
        ),
    ]


def headers(body, image):
    """(why, bytes)"""
    browser = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    b70 = "'()+_,-./:=?0" + "b" * 57

    def typed(value, boundary="B"):
        return request(form(image, boundary=boundary), content_type=value)

    return [
        ("a browser's boundary", typed(f"multipart/form-data; boundary={browser}", browser)),
        ("a boundary of 70 odd characters", typed(f'multipart/form-data; boundary="{b70}"', b70)),
        ("a boundary of 1", typed("multipart/form-data; boundary=0", "0")),
        ("a quoted boundary", typed('multipart/form-data; boundary="B"')),
        ("charset after the boundary", typed("multipart/form-data; boundary=B; charset=utf-8")),
        ("charset before the boundary", typed("multipart/form-data;charset=UTF-8;boundary=B")),
        ("a trailing ;", typed("multipart/form-data; boundary=B;")),
        ("upper case", typed("Multipart/Form-Data; Boundary=B")),
        ("lower-case header names", request(body).replace(b"Content-", b"content-", 2)),
        ("upper-case key name", request(body).replace(b"ailabapi-api-key", b"AILABAPI-API-KEY")),
        ("no space after the colon", request(body).replace(b"Length: ", b"Length:")),
        ("40 more headers", request(body, more="".join(f"X-{i}: {i}\r\n" for i in range(40)))),
        ("an empty header", request(body, more="X-Empty:\r\n")),
        ("a query", request(body, target=PATH + "?a=b&c")),
        ("chunked", head_of(None, more=CHUNKED) + chunked(body)),
        ("chunked, small pieces", head_of(None, more=CHUNKED) + chunked(body, 7)),
        ("chunked, one piece", head_of(None, more=CHUNKED) + chunked(body, len(body))),
        ("chunked, leading zeros", head_of(None, more=CHUNKED) + chunked(body, line=b"000%X\r\n")),
        (
            "chunked, a trailer",
            head_of(None, more=CHUNKED + "Trailer: X-Sum\r\n")
            + chunked(body, trailer=b"X-Sum: 1\r\n"),
        ),
        (
            "chunked, a trailer that no header announces",
            head_of(None, more=CHUNKED) + chunked(body, trailer=b"X-Sum: 1\r\n"),
        ),
        ("Chunked", head_of(None, more="transfer-encoding: Chunked\r\n") + chunked(body)),
    ]


def check_shapes(suite, mock, rows, expected):
    peer = Peer(mock)
    for why, data in rows:
        answer = peer.send(data).answer()
        picture = suite.describe(answer.image()) if answer and answer.status == 200 else ""
        suite.checks.equal(f"shape: {why}", (summary(answer), picture), (OK, expected))
        if not answer or answer.header("Connection") == "close":
            peer.sock.close()
            peer = Peer(mock)
    peer.sock.close()


def check_every_choice(suite, mock):
    choices = [10, 11, 12, 13, 14, 15, 16, 100]
    with Peer(mock) as peer:
        for name, expected in (
            ("portrait.jpg", "JPEG 512x512"),
            ("portrait.png", "PNG 512x512"),
            ("cat.png", "PNG 451x300"),
        ):
            image, results = suite.picture(name), set()
            for choice in choices:
                answer = peer.send(request(form(image, str(choice)))).answer()
                suite.checks.equal(f"{name} with {choice}", summary(answer), OK)
                results.add(answer.image())
            suite.checks.equal(
                f"{name}: results decode", {suite.describe(i) for i in results}, {expected}
            )
            suite.checks.equal(f"{name}: each expression looks different", len(results), 8)
            suite.checks.that(f"{name}: none is the upload", image not in results)


def check_expect(suite, mock, body):
    """100 Continue comes before the body is sent, and only when it is wanted."""
    waited = []
    for number in range(10):
        with Peer(mock) as peer:
            start = time.monotonic()
            peer.send(head_of(len(body), more="Expect: 100-continue\r\n"))
            first = peer.answer()
            waited.append((time.monotonic() - start) * 1000)
            final = peer.send(body).answer()
        if number == 0:
            suite.checks.equal(
                "Expect: 100-continue: the interim answer",
                (first.status, first.reason, first.headers),
                (100, "Continue", []),
            )
            suite.checks.equal("Expect: 100-continue: the answer", summary(final), OK)
    suite.checks.note(f"100 Continue after {sorted(waited)[5]:.2f} ms (median)")
    suite.checks.below("100 Continue, slowest of ten", max(waited), 500 * suite.patience, "ms")
    for why, data, expected in (
        (
            "an unknown key",
            head_of(len(body), key="", more="Expect: 100-continue\r\n"),
            (401, "ERROR_USER_NOT_EXISTS"),
        ),
        (
            "too large",
            head_of(104857600, more="Expect: 100-continue\r\n"),
            (413, "FILE_SIZE_EXCEEDS_LIMIT"),
        ),
    ):
        with Peer(mock) as peer:
            suite.checks.equal(
                f"Expect with {why}: refused at once", summary(peer.send(data).answer()), expected
            )
    with Peer(mock) as peer:
        data = head_of(len(body), version="HTTP/1.0", more="Expect: 100-continue\r\n") + body
        suite.checks.equal(
            "Expect in HTTP/1.0 gets no interim answer", summary(peer.send(data).answer()), OK
        )


PREFLIGHT = (
    "Accept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en\r\n"
    "Access-Control-Request-Headers: ailabapi-api-key\r\n"
    "Access-Control-Request-Method: POST\r\nConnection: keep-alive\r\n"
    "Origin: http://localhost:3000\r\nReferer: http://localhost:3000/\r\n"
    "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36\r\n"
)


def listed(text):
    return sorted(item.strip().lower() for item in text.split(",")) if text else []


def check_browser(suite, mock, body):
    checks = suite.checks
    with Peer(mock) as peer:
        answer = peer.send(
            head_of(None, "OPTIONS", key=None, content_type=None, more=PREFLIGHT)
        ).answer()
        checks.equal("preflight: status and body", (answer.status, answer.body), (204, b""))
        allow = {
            name: answer.header("Access-Control-Allow-" + name)
            for name in ("Origin", "Methods", "Headers")
        }
        checks.that(
            "preflight: the page's origin is allowed",
            allow["Origin"] in ("*", "http://localhost:3000"),
            allow,
        )
        checks.that("preflight: POST is allowed", "post" in listed(allow["Methods"]), allow)
        checks.that(
            "preflight: the key's header is allowed",
            "ailabapi-api-key" in listed(allow["Headers"]),
            allow,
        )
        checks.that("preflight: Allow lists POST", "post" in listed(answer.header("Allow")))
        limited = request(body, more="X-Mock-Scenario: EXCEEDING_LIMITS\r\n")
        for why, data, exposed in (
            ("a result", request(body), []),
            ("a refusal", request(b"x"), []),
            ("a scenario", limited, ["retry-after", "x-mock-scenario"]),
        ):
            answer = peer.send(data).answer()
            checks.that(
                f"a page may read {why}",
                answer.header("Access-Control-Allow-Origin") in ("*", "http://localhost:3000"),
                answer.headers,
            )
            checks.equal(
                f"what a page may read of the head of {why}",
                listed(answer.header("Access-Control-Expose-Headers")),
                exposed,
            )


def check_bodiless(suite, mock, body):
    """204, 205 and 304 have no body, not even one that a fault wants; the connection goes on."""
    for status in (204, 205, 304):
        for more in ({}, {"fault": "html-body"}, {"fault": "json-garbage"}):
            armed = arm(mock, {"status": status, **more})
            with Peer(mock) as peer:
                answer = peer.send(request(body)).answer()
                after = summary(peer.send(request(body)).answer())
                seen = [armed, answer.status, answer.body, after]
            suite.checks.equal(f"{status} with {more}", seen, [200, status, b"", OK])
            suite.checks.equal(
                f"{status} with {more}: Content-Length",
                answer.header("Content-Length"),
                "0" if status == 205 else None,
            )


def check_page(suite, mock):
    """A browser that opens a mock without a console learns what it is; others get the 404."""
    browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
    get = {"method": "GET", "target": "/", "key": None, "content_type": None}
    checks = suite.checks
    with Peer(mock) as peer:
        host = "Host: localhost:8123\r\n"
        page = peer.send(head_of(None, host=host, more=browser, **get)).answer()
        checks.equal(
            "a browser at /: status and type",
            (page.status, page.header("Content-Type")),
            (200, "text/html; charset=utf-8"),
        )
        text = page.body.decode("utf-8")
        for words in (
            mock.out.decode().partition(" ready")[0],  # "ailab-mock 1.2.3"
            "revision 2026-01",
            "unofficial",
            "curl --header",
            f"http://localhost:8123{PATH}",
            'href="/__admin/health"',
        ):
            checks.that(f"the page says {words}", words in text, text)
        evil = "Host: <script>alert(1)</script>\r\n"
        text = peer.send(head_of(None, host=evil, more=browser, **get)).answer().body
        checks.that("the page repeats no markup of the request", b"<script" not in text, text)
        for why, more, head in (
            ("another client", "Accept: */*\r\n", get),
            ("no Accept", "", get),
            ("another path", browser, {**get, "target": "/x"}),
            ("another method", browser, {**get, "method": "DELETE"}),
        ):
            answer = peer.send(head_of(None, more=more, **head)).answer()
            checks.equal(f"{why}: no page", summary(answer), (404, "ERROR_AI_NOT_EXISTS"))


def check_other_methods(suite, mock, body):
    checks = suite.checks
    with Peer(mock) as peer:
        get = peer.send(head_of(None, "GET", content_type=None)).answer()
        checks.equal("GET", summary(get), (405, "ERROR_ILLEGAL_OPERATION"))
        checks.that("GET: Allow lists POST", "post" in listed(get.header("Allow")), get.headers)
        head = peer.send(head_of(None, "HEAD", content_type=None)).answer(bodiless=True)
        checks.equal(
            "HEAD: as GET, without the body",
            (head.status, [name for name, _ in head.headers], peer.received),
            (405, [name for name, _ in get.headers], b""),
        )
        checks.that(
            "HEAD: says how long the body would be", int(head.header("Content-Length")) > 100
        )
        checks.equal("the connection goes on", summary(peer.send(request(body)).answer()), OK)
        credits = peer.send(head_of(None, "GET", target=CREDITS_PATH, content_type=None)).answer()
        pools = {pool["unique_sign"] for pool in credits.json()["data"]}
        checks.equal(
            "query-credits",
            (summary(credits), pools),
            (OK, {"portrait_expression_editing", "common"}),
        )


def test(suite):
    image = suite.picture("portrait.jpg")
    body = form(image)
    mock = suite.start()
    check_shapes(
        suite, mock, [(why, request(data)) for why, data in field_bodies(image)], "JPEG 512x512"
    )
    check_shapes(suite, mock, headers(body, image), "JPEG 512x512")
    check_every_choice(suite, mock)
    check_expect(suite, mock, body)
    check_browser(suite, mock, body)
    check_bodiless(suite, mock, body)
    check_other_methods(suite, mock, body)
    mock.stop()
    without_console = suite.start("--no-admin")
    check_page(suite, without_console)
    without_console.stop()


if __name__ == "__main__":
    main(test)
