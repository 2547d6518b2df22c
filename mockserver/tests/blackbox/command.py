"""The two programs together: ailab edit against a running ailab-mock. What the command does with
answers that the mock never gives is tested beside the command; here the real ones go through.
"""
import json
import os

from harness import KEY, main

REQUEST_ID_CHARACTERS = 36


class Command:
    def __init__(self, suite, url, key=KEY):
        self.suite = suite
        self.environment = {"AILAB_API_KEY": key, "AILAB_BASE_URL": url, "HOME": suite.folder}

    def edit(self, *words, **more):
        return self.suite.run(
            [self.suite.command, "edit", *words],
            environment=self.environment,
            cwd=self.suite.folder,
            **more,
        )


def read(path):
    """Its bytes; none when it is not there, which no check takes for a picture."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def check_pictures(suite, command):
    checks = suite.checks
    for name, expected in (
        ("portrait.jpg", "JPEG 512x512"),
        ("portrait.png", "PNG 512x512"),
        ("cat.png", "PNG 451x300"),
    ):
        for choice in ("big-grin", "12", "Big Grin"):
            out = suite.path(f"{choice}-{name}")
            done = command.edit("--expression", choice, suite.picture_path(name), "-o", out)
            checks.equal(
                f"{name} {choice}: exit code, stdout, stderr",
                (done.returncode, done.stdout.decode(), done.stderr.decode()),
                (0, out + "\n", ""),
            )
            checks.equal(f"{name} {choice}: the picture", suite.describe(read(out)), expected)
        checks.that(f"{name}: it is not the upload", read(out) != suite.picture(name))
        done = command.edit("-e", "12", suite.picture_path(name), "-o", out)
        checks.equal(f"{name}: an existing file is not replaced", done.returncode, 2)
        done = command.edit("-e", "12", "--force", suite.picture_path(name), "-o", out)
        checks.equal(f"{name}: unless told", done.returncode, 0)


def check_pipes(suite, command):
    for name, expected in (("portrait.jpg", "JPEG 512x512"), ("portrait.png", "PNG 512x512")):
        done = command.edit("-e", "sad", "-", input=suite.picture(name))
        suite.checks.equal(
            f"{name} from stdin to stdout",
            (done.returncode, suite.describe(done.stdout), done.stderr.decode()),
            (0, expected, ""),
        )
    done = command.edit("-e", "sad", suite.picture_path("portrait.jpg"), "-o", "-")
    suite.checks.equal(
        "a file to stdout", (done.returncode, suite.describe(done.stdout)), (0, "JPEG 512x512")
    )


def check_json(suite, command):
    checks = suite.checks
    out = suite.path("json.jpg")
    done = command.edit("-e", "12", "--json", suite.picture_path("portrait.jpg"), "-o", out)
    report = json.loads(done.stdout)
    expected = {
        "ok": True,
        "output": out,
        "output_bytes": len(read(out)),
        "http_status": 200,
        "width": 512,
        "height": 512,
        "code": "",
        "error": "",
        "attempts": 1,
    }
    checks.equal(
        "--json: exit code and what matters",
        (done.returncode, {name: report[name] for name in expected}),
        (0, expected),
    )
    checks.equal(
        "--json: ids",
        (len(report["request_id"]), len(report["log_id"])),
        (REQUEST_ID_CHARACTERS, 8),
    )
    done = command.edit(
        "-e", "17", "--json", suite.picture_path("portrait.jpg"), "-o", suite.path("none.jpg")
    )
    report = json.loads(done.stdout)
    checks.equal(
        "--json: a refusal",
        (done.returncode, report["ok"], report["http_status"], report["code"]),
        (1, False, 400, "ERROR_INVALID_PARAMETER"),
    )
    checks.that("--json: one line", done.stdout.count(b"\n") == 1)


def check_refusals(suite, mock, command):
    cut = suite.save("cut.jpg", suite.picture("portrait.jpg")[:40000])
    text = suite.save("text.jpg", b"not a picture")
    empty = suite.save("empty.jpg", b"")
    large = suite.save("large.jpg", suite.picture("portrait.jpg") + bytes(5 * 1024 * 1024))
    portrait = suite.picture_path("portrait.jpg")
    stranger = Command(suite, mock.url, "unknown-key")
    elsewhere = Command(suite, mock.url + "/prefix")
    rows = [
        ("an unknown key", stranger, "12", portrait, "ERROR_USER_NOT_EXISTS", 401),
        ("a choice out of scope", command, "17", portrait, "ERROR_INVALID_PARAMETER", 400),
        ("no picture", command, "12", text, "UNSUPPORTED_FILE_TYPES", 415),
        ("a cut picture", command, "12", cut, "FILE_DECODING_FAILURE", 422),
        ("too large a picture", command, "12", large, "FILE_SIZE_EXCEEDS_LIMIT", 413),
        ("another path", elsewhere, "12", portrait, "ERROR_AI_NOT_EXISTS", 404),
    ]
    out = suite.path("refused.jpg")
    for why, caller, choice, image, code, status in rows:
        done = caller.edit("-e", choice, image, "-o", out)
        said = done.stderr.decode()
        suite.checks.equal(f"{why}: exit code and stdout", (done.returncode, done.stdout), (1, b""))
        suite.checks.that(
            f"{why}: stderr names {code}",
            code in said and f"HTTP {status}" in said and said.count("\n") == 1,
            said,
        )
        suite.checks.that(
            f"{why}: the key is not shown", KEY not in said and "unknown-key" not in said
        )
    suite.checks.that("no refusal leaves a file", not os.path.exists(out))
    done = command.edit("-e", "12", empty, "-o", out)
    suite.checks.that("an empty file fails", done.returncode in (1, 2), done.returncode)
    done = command.edit("-e", "12", "--preflight", cut, "-o", out)
    suite.checks.that(
        "--preflight refuses without asking",
        done.returncode == 1 and b"request_id" not in done.stderr,
        done.stderr,
    )


def test(suite):
    mock = suite.start("--api-key", KEY)
    command = Command(suite, mock.url)
    check_pictures(suite, command)
    check_pipes(suite, command)
    check_json(suite, command)
    check_refusals(suite, mock, command)
    mock.stop()
    done = command.edit("-e", "12", suite.picture_path("portrait.jpg"), "-o", suite.path("x.jpg"))
    suite.checks.equal(
        "unreachable: exit code and stdout", (done.returncode, done.stdout), (3, b"")
    )
    suite.checks.that(
        "unreachable: stderr says where", str(mock.port) in done.stderr.decode(), done.stderr
    )
    for revision in ("1.0.0", "1.0.1", "2025-09", "2026-05"):
        mock = suite.start("--revision", revision)
        done = Command(suite, mock.url).edit(
            "-e", "100", suite.picture_path("portrait.jpg"), "-o", "-"
        )
        suite.checks.equal(
            f"revision {revision}: a picture",
            (done.returncode, suite.describe(done.stdout)),
            (0, "JPEG 512x512"),
        )
        done = Command(suite, mock.url).edit(
            "-e", "99", suite.picture_path("portrait.jpg"), "-o", "-"
        )
        suite.checks.equal(f"revision {revision}: a refusal", done.returncode, 1)
        mock.stop()


if __name__ == "__main__":
    main(test)
