"""Uploads that are too large: refused early, readably, and without taking memory.

curl does the sending where it matters, for it is the client that would lose the answer in a reset
connection. Everything is sent to the end or until the mock refuses.
"""
import json
import time

from harness import KEY, main
from wire import CHUNKED, PATH, Peer, form, head_of, request, summary

TOO_LARGE = (413, "FILE_SIZE_EXCEEDS_LIMIT")
LIMIT = 5 * 1024 * 1024
MEMORY_KB = 40 * 1024
TRIES = 20


def curl(suite, mock, key, image, *more):
    """(exit code, HTTP status, error_detail.code)"""
    out = suite.path("curl-answer")
    done = suite.run(
        [
            "curl",
            "--silent",
            "--show-error",
            "--max-time",
            "30",
            "--url",
            mock.url + PATH,
            "--header",
            f"ailabapi-api-key: {key}",
            "--form",
            "service_choice=12",
            "--form",
            f"image_target=@{image}",
            "--output",
            out,
            "--write-out",
            "%{http_code}",
            *more,
        ],
        limit_s=40,
    )
    try:
        with open(out, "rb") as file:
            code = json.load(file)["error_detail"]["code"]
    except (OSError, ValueError) as error:
        code = f"{error}; curl says {done.stderr.decode().strip()}"
    return done.returncode, int(done.stdout), code


def check_curl(suite, mock):
    large = suite.path("large.jpg")
    with open(large, "wb") as file:
        file.truncate(100 * 1024 * 1024)
    five = suite.save("five.jpg", bytes(5_000_000))
    cases = [
        ("100 MB, as curl sends it", large, (), (0, *TOO_LARGE)),
        ("100 MB without Expect", large, ("--header", "Expect:"), (0, *TOO_LARGE)),
        ("5 MB with an unknown key", five, (), (0, 401, "ERROR_USER_NOT_EXISTS")),
        (
            "5 MB with an unknown key, without Expect",
            five,
            ("--header", "Expect:"),
            (0, 401, "ERROR_USER_NOT_EXISTS"),
        ),
    ]
    for why, image, more, expected in cases:
        key = mock.key if expected[1] == 413 else "unknown"
        start = time.monotonic()
        seen = [curl(suite, mock, key, image, *more) for _ in range(TRIES)]
        wrong = [one for one in seen if one != expected]
        suite.checks.equal(f"curl reads the answer {TRIES} times of {TRIES}: {why}", wrong, [])
        suite.checks.note(f"{(time.monotonic() - start) / TRIES * 1000:.0f} ms each")


def check_endless(suite, mock):
    """Chunks without end: stopped soon after the bound, and the refusal can be read."""
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    with Peer(mock) as peer:
        peer.send(head_of(None, more=CHUNKED))
        while not peer.received and not peer.end and peer.sent < 200_000_000:
            peer.send(chunk)
        sent = peer.sent
        suite.checks.equal("an endless chunked upload", summary(peer.answer()), TOO_LARGE)
        suite.checks.equal("which is over then", peer.ending(), "closed")
    suite.checks.below("which was stopped after", sent / 1e6, 30, "MB")


def check_boundaries(suite, mock):
    """Both sides of the documented 5 MB, in a file that decodes: bytes may follow the picture."""
    image = suite.picture("portrait.jpg")
    with Peer(mock) as peer:
        for size, expected in ((LIMIT, (200, "")), (LIMIT + 1, TOO_LARGE)):
            padded = image + bytes(size - len(image))
            answer = peer.send(request(form(padded))).answer()
            suite.checks.equal(f"a picture of {size} bytes", summary(answer), expected)
        said = answer.json()["error_detail"]["message"]
        suite.checks.that(
            "the message names field, size and limit",
            all(word in said for word in ("image_target", str(LIMIT), str(LIMIT + 1))),
            said,
        )
        for size, expected in ((6291456, (400, "ERROR_PARAMETERS")), (6291457, TOO_LARGE)):
            answer = peer.send(request(b"a" * size)).answer()
            suite.checks.equal(f"a request body of {size} bytes", summary(answer), expected)


def test(suite):
    mock = suite.start("--api-key", KEY)
    check_endless(suite, mock)
    check_curl(suite, mock)
    check_boundaries(suite, mock)
    peak = mock.memory()["VmHWM"]
    if suite.sanitized:
        suite.checks.note(f"memory is not judged in an instrumented build (VmHWM {peak} kB)")
    else:
        suite.checks.below("VmHWM after all that", peak, MEMORY_KB, "kB")
    mock.stop()


if __name__ == "__main__":
    main(test)
