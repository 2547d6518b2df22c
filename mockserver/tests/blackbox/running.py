"""The life of the running program: coming up, what its options change, logging, and going down.

Times are printed always and judged where the build is not an instrumented one.
"""
import json
import re
import signal
import statistics
import struct
import subprocess
import time
import zlib

from harness import KEY, main, until
from wire import PATH, Peer, body_of, form, head_of, part, request, summary, talk

OK = (200, "")
IDLE_KB = 10 * 1024
STARTS, STARTS_MAX = 10, 100
STOP_S = 2
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
UUID = r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"


def time_of_version(suite):
    """A start that serves nothing, in ms: the system's share, and that of other programs."""
    began = time.monotonic()
    subprocess.run([suite.mock, "--version"], stdout=subprocess.DEVNULL, check=True, timeout=60)
    return (time.monotonic() - began) * 1000


def check_start(suite):
    """50 ms, or eight times what a start takes that serves nothing: on a loaded machine that is more.
    The best start counts, because other programs only make one slower; so they get more chances there."""
    times, least, bound = [], [], 0
    while len(times) < STARTS or (min(times) > bound and len(times) < STARTS_MAX):
        mock = suite.start()
        times.append(mock.ready_s * 1000)
        mock.kill()
        least.append(time_of_version(suite))
        bound = float("inf") if suite.sanitized else max(50, 8 * min(least))
    suite.checks.note(f"ready after {statistics.median(times):.1f} ms (median of {len(times)})")
    if not suite.sanitized:
        suite.checks.below("ready, best start", min(times), bound, "ms")


def check_idle_memory(suite):
    """Resident memory as ps shows it (VmRSS), the pages of shared libraries included."""
    mock = suite.start()
    talk(mock, head_of(0))
    memory = mock.memory()
    suite.checks.note(
        "idle: " + ", ".join(f"{k} {memory[k]} kB" for k in ("VmRSS", "RssAnon", "RssFile"))
    )
    if not suite.sanitized:
        suite.checks.below("idle VmRSS", memory["VmRSS"], IDLE_KB, "kB")
    mock.stop()


def check_keys(suite):
    mock = suite.start("--api-key", "first", "--api-key", KEY)
    for key, expected in (
        ("first", 200),
        (KEY, 200),
        (KEY[:-1], 401),
        (KEY + "x", 401),
        (KEY.upper(), 401),
        ("", 401),
        (None, 401),
        ("first," + KEY, 401),
    ):
        body = form(suite.picture("portrait.jpg"))
        answer = talk(mock, request(body, key=key))
        suite.checks.equal(
            f"--api-key: {'none' if key is None else len(key)} characters of a key",
            answer.status,
            expected,
        )
    mock.stop()


# The five revisions and some statuses, typed from the documentation.
A = ["request_id", "log_id", "error_code", "error_code_str", "error_msg", "error_detail"]
REVISIONS = {
    # envelope, whether error_detail has status_code, right choices (None: left out), a wrong one
    "1.0.0": (A, True, ["0", "3", "100", None], "12"),
    "1.0.1": (A, True, ["0", "3", "12", "100", None], "4"),
    "2025-09": (A, True, ["10", "16", "100"], "0"),
    "2026-01": (A, True, ["10", "16", "100"], "0"),
    "2026-05": (["request_id", "log_id", "error_detail"], False, ["10", "16", "100"], "0"),
}


STATUSES = {  # code, status until and since 2026-01-08
    "choice": ("ERROR_INVALID_PARAMETER", 400, 400),
    "missing": ("MISSING_PARAMETERS", 400, 400),
    "type": ("UNSUPPORTED_FILE_TYPES", 415, 415),
    "decoding": ("FILE_DECODING_FAILURE", 400, 422),
    "resolution": ("FILE_RESOLUTION_EXCEEDS_LIMITS", 422, 413),
}


def png_chunk(kind, content):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def white_png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )


def form_of(image, choice):
    parts = [part("image_target", image, "a.jpg")]
    return body_of(parts + ([part("service_choice", choice.encode())] if choice else []))


def check_revisions(suite):
    image = suite.picture("portrait.jpg")
    for name, (members, has_status, choices, wrong) in REVISIONS.items():
        mock = suite.start("--revision", name)
        for choice in choices:
            answer = talk(mock, request(form_of(image, choice)))
            suite.checks.equal(
                f"{name}: service_choice {choice}: the envelope",
                (answer.status, list(answer.json())),
                (200, members + ["data"]),
            )
        refusals = [
            ("a wrong choice", form_of(image, wrong), STATUSES["choice"]),
            ("no picture", form_of(b"no picture", "100"), STATUSES["type"]),
            ("a cut picture", form_of(image[:40000], "100"), STATUSES["decoding"]),
            ("a wide picture", form_of(white_png(4096, 16), "100"), STATUSES["resolution"]),
        ]
        if None not in choices:
            refusals.append(("no choice", form_of(image, None), STATUSES["missing"]))
        for why, body, (code, before, since) in refusals:
            answer = talk(mock, request(body))
            status = since if name.startswith("2026") else before
            detail = answer.json()["error_detail"]
            suite.checks.equal(
                f"{name}: {why}",
                (answer.status, detail["code"], list(answer.json())),
                (status, code, members),
            )
            suite.checks.equal(
                f"{name}: {why}: error_detail.status_code",
                detail.get("status_code"),
                status if has_status else None,
            )
        mock.stop()


def check_results(suite):
    jpeg, png, cat = (suite.picture(n) for n in ("portrait.jpg", "portrait.png", "cat.png"))
    mock = suite.start("--result", "echo")
    for why, image in (("JPEG", jpeg), ("PNG", png), ("JPEG with more behind", jpeg + b"more")):
        suite.checks.that(
            f"--result echo: the same bytes, {why}",
            talk(mock, request(form(image))).image() == image,
        )
    mock.stop()
    mock = suite.start("--result", suite.picture_path("cat.png"))
    for why, image in (("JPEG", jpeg), ("PNG", png)):
        suite.checks.that(
            f"--result FILE: that file, for a {why}",
            talk(mock, request(form(image))).image() == cat,
        )
    mock.stop()
    mock = suite.start("--without-rule", "choice_scope")
    suite.checks.equal(
        "--without-rule choice_scope", summary(talk(mock, request(form(jpeg, "99")))), OK
    )
    mock.stop()
    mock = suite.start("--trust-images", "--result", "echo")
    damaged = jpeg[:40000] + bytes(1000) + jpeg[41000:]
    suite.checks.equal(
        "--trust-images: damage within is not seen", summary(talk(mock, request(form(damaged)))), OK
    )
    mock.stop()


def talk_and_log(mock, sent):
    """Each line is written after its answer was sent: wait for it, so that lines come in order."""
    answers = []
    for data in sent:
        answers.append(talk(mock, data))
        until(lambda: mock.log().count(b"\n") >= len(answers))
    return answers


def check_logs(suite, good):
    checks = suite.checks
    sent = [
        good,
        request(b"x"),
        head_of(None, "GET", target="/no\x01such?key=" + KEY),
        b"rubbish\r\n\r\n",
    ]
    mock = suite.start("--log", "json")
    answers = talk_and_log(mock, sent)
    lines = [json.loads(line) for line in mock.log_lines()]
    names = [
        "ts",
        "level",
        "msg",
        "method",
        "path",
        "status",
        "code",
        "message",
        "hint",
        "scenario",
        "bytes_in",
        "bytes_out",
        "ms",
        "request_id",
        "remote",
        "tls",
        "proxied",
    ]
    checks.equal("--log json: members", [list(line) for line in lines], [names] * len(sent))
    for line, answer in zip(lines, answers):
        root = answer.json()
        checks.equal(
            f"--log json: status {answer.status}",
            (line["status"], line["code"], line["message"], line["request_id"]),
            (
                answer.status,
                root["error_detail"]["code"],
                root["error_detail"]["message"],
                root["request_id"],
            ),
        )
        checks.that(
            "--log json: time, level, message, remote",
            re.fullmatch(TIMESTAMP, line["ts"])
            and line["level"] == "info"
            and line["msg"] == "request"
            and re.fullmatch(r"127\.0\.0\.1:\d+", line["remote"]),
            line,
        )
    checks.equal(
        "--log json: method and path",
        [(line["method"], line["path"]) for line in lines[:2]],
        [("POST", PATH)] * 2,
    )
    checks.that(
        "--log json: bytes and time",
        lines[0]["bytes_in"] > 80000 and lines[0]["bytes_out"] > 80000 and lines[0]["ms"] > 0,
        lines[0],
    )
    mock.stop()
    mock = suite.start()
    talk_and_log(mock, sent)
    row = re.compile(
        TIMESTAMP + r" (\S+) (\S+) (\d{3}) (\S+) in=\d+ out=\d+ [\d.]+ms " + UUID + "( .*)?"
    )
    found = [row.fullmatch(line.decode("ascii")) for line in mock.log_lines()]
    checks.equal(
        "text log: method, path, status, code",
        [m and m.groups()[:4] for m in found[:2]],
        [("POST", PATH, "200", "-"), ("POST", PATH, "400", "ERROR_PARAMETERS")],
    )
    checks.that(
        "text log: every line is of that form", len(found) == len(sent) and all(found), mock.log()
    )
    checks.that("text log: no scenario, none named", b"scenario=" not in mock.log(), mock.log())
    mock.stop()
    mock = suite.start()
    asked = request(form(suite.picture("portrait.jpg")), key="mock:two-faces")
    talk_and_log(mock, [asked])
    checks.that("text log: the scenario", b"ms scenario=two-faces " in mock.log(), mock.log())
    mock.stop()
    check_hints(suite)
    mock = suite.start("--log", "off")
    for data in sent:
        talk(mock, data)
    mock.stop()
    checks.equal("--log off: silence", mock.log(), b"")


def check_hints(suite):
    """A hint is in the log once; with --strict there alone."""
    asked = request(form(suite.picture("portrait.jpg"), "0"))
    hint = b" Hint: 0 was Big laugh until revision 2025-09"
    for options, told in ((), 1), (("--strict",), 0):
        mock = suite.start(*options)
        answer = talk_and_log(mock, [asked])[0]
        suite.checks.equal(
            f"hint in the answer {options}",
            answer.json()["error_detail"]["message"].encode().count(hint),
            told,
        )
        suite.checks.equal(f"hint in the text log {options}", mock.log().count(hint), 1)
        mock.stop()


def check_stop(suite, good):
    """Exit code 0 within 2 s, also with clients connected; the port is free at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        mock = suite.start()
        idle = [Peer(mock) for _ in range(50)]
        for peer in idle:
            peer.send(good)
            peer.answer()
        silent = [Peer(mock) for _ in range(5)]
        start = time.monotonic()
        mock.signal(number)
        code = mock.wait()
        took = time.monotonic() - start
        suite.checks.equal(f"{number.name} with 50 idle clients: exit code", code, 0)
        suite.checks.below(
            f"{number.name} with 50 idle clients", took, STOP_S * suite.patience, "s"
        )
        again = suite.start(port=mock.port)
        suite.checks.equal("started again on the same port", summary(talk(again, good)), OK)
        suite.checks.equal("which is the same", again.port, mock.port)
        again.stop()
        for peer in idle + silent:
            peer.sock.close()


def check_hangup(suite, good):
    """SIGHUP is for reading scenarios again; a terminal that closes must not end a mock."""
    mock = suite.start()
    mock.signal(signal.SIGHUP)
    with Peer(mock) as peer:
        suite.checks.equal("after SIGHUP", summary(peer.send(good).answer()), OK)
    suite.checks.equal("SIGHUP does not end it", mock.process.poll(), None)
    mock.stop()


def check_scenario_file(suite):
    """A file that is touched changes nothing; one with other bytes replaces what was in force."""
    document = b'{"accounts": {"poor": {"credits": %d}}}'
    path = suite.save("scenarios.json", document % 12)
    mock = suite.start("--scenarios", path)
    form_of_poor = request(form(suite.picture("portrait-small.jpg")), key="poor")

    def lines_grow_to(count):
        return until(lambda: mock.log().count(b"scenarios.json: ") >= count)

    suite.checks.equal("the credits of the file", summary(talk(mock, form_of_poor)), OK)
    suite.save("scenarios.json", document % 12)
    suite.checks.that("a file saved as it was is seen", lines_grow_to(1), mock.log())
    suite.checks.equal("and what was spent stays spent", talk(mock, form_of_poor).status, 429)
    mock.signal(signal.SIGHUP)
    suite.checks.that("SIGHUP loads it in any case", lines_grow_to(2), mock.log())
    suite.checks.equal("so that credits are new", summary(talk(mock, form_of_poor)), OK)
    suite.save("scenarios.json", document % 24)
    suite.checks.that("other bytes are loaded", lines_grow_to(3), mock.log())
    for _ in range(2):
        suite.checks.equal("with their credits", summary(talk(mock, form_of_poor)), OK)
    suite.save("scenarios.json", b"{")
    suite.checks.that("wrong ones are refused", lines_grow_to(4), mock.log())
    suite.save("scenarios.json", document % 24)
    suite.checks.that("and the old ones are not loaded again", lines_grow_to(5), mock.log())
    suite.checks.equal("so that all is spent", talk(mock, form_of_poor).status, 429)
    told = [b"loaded" in line for line in mock.log_lines() if b"scenarios.json: " in line]
    suite.checks.equal("loaded, or told why not", told, [False, True, True, False, False])
    mock.stop()


def check_upload_in_progress(suite, good):
    mock = suite.start()
    with Peer(mock) as peer:
        peer.send(good[:50000])
        until(lambda: talk_is_possible(mock, good))
        mock.signal()
        until(lambda: not accepts(mock))
        suite.checks.that("while it stops no new client is accepted", not accepts(mock))
        answer = peer.send(good[50000:]).answer()
        suite.checks.equal("an upload in progress is finished", summary(answer), OK)
        suite.checks.equal(
            "and its connection ends",
            (answer.header("Connection"), peer.ending()),
            ("close", "closed"),
        )
    mock.stop()
    mock = suite.start("--drain-timeout-ms", "300")
    with Peer(mock) as peer:
        peer.send(good[:50000])
        talk_is_possible(mock, good)
        start = time.monotonic()
        mock.signal()
        code = mock.wait()
        took = time.monotonic() - start
        suite.checks.equal("an upload that stands still is given up: exit code", code, 0)
        suite.checks.below("which took", took, STOP_S * suite.patience, "s")
        suite.checks.that("but not before the time to finish", took > 0.25, took)
    mock.stop()


def talk_is_possible(mock, good):
    """Another client was served: so the mock has had time to see the upload that came before."""
    return talk(mock, good).status == 200


def accepts(mock):
    try:
        Peer(mock).sock.close()
        return True
    except OSError:
        return False


def test(suite):
    good = request(form(suite.picture("portrait.jpg")))
    check_start(suite)
    check_idle_memory(suite)
    check_keys(suite)
    check_revisions(suite)
    check_results(suite)
    check_logs(suite, good)
    check_stop(suite, good)
    check_hangup(suite, good)
    check_scenario_file(suite)
    check_upload_in_progress(suite, good)


if __name__ == "__main__":
    main(test)
