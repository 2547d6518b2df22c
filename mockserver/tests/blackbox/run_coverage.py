"""ailab-mock run: what the calls have met as a file and a minimum, and the command under each revision."""
import json
import os
import re
import signal
import subprocess

from harness import KEY, SANITIZER_MARKS, die_with_parent, main, plain_environment, until
from wire import PATH

URL = "https://www.ailabapi.com" + PATH
REVISIONS = ["1.0.0", "1.0.1", "2025-09", "2026-01", "2026-05"]


def environment(suite):
    return {"AILAB_MOCK_CA_DIR": suite.path("ca")}


def run(suite, options, words):
    done = suite.run(
        [suite.mock, "run", *options, "--", *words], limit_s=60, environment=environment(suite)
    )
    error = done.stderr.decode()
    found = [mark for mark in SANITIZER_MARKS if mark in done.stderr]
    suite.checks.equal(f"{options}: no sanitizer complained", found, [])
    suite.checks.that(f"{options}: no key is told", KEY not in error, error)
    return done.returncode, error


def curl(suite, choice="12", key=KEY):
    return [
        *("curl", "--silent", "--fail", "--output", suite.path("answer"), "--url", URL),
        *("--header", f"ailabapi-api-key: {key}", "--form", f"service_choice={choice}"),
        *("--form", f"image_target=@{suite.picture_path('portrait.jpg')}"),
    ]


def check_files(suite):
    """A success meets three items, whatever a reset in between forgets."""
    checks = suite.checks
    beginnings = {".json": '{"percent":', ".html": "<!doctype html>", ".txt": "coverage: "}
    for end, beginning in beginnings.items():
        path = suite.path("cover" + end)
        code, error = run(suite, ["--coverage", path], curl(suite))
        checks.equal(f"--coverage {end}: exit code and summary", (code, error), SUCCESS)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        checks.that(f"--coverage {end}: its format", text.startswith(beginning), text[:80])
    with open(suite.path("cover.json"), encoding="utf-8") as file:
        report = json.load(file)
    met = [item["name"] for group in report["groups"] for item in group["items"] if item["met"]]
    checks.equal("what a success has met", met, ["success", "12", "JPEG", "2026-01"])
    checks.equal("since the start, of all keys", (report["since"], report["key"]), ("start", None))
    resets = 'curl -s --noproxy "*" -X POST "$AILAB_BASE_URL/__admin/reset"'
    path = suite.path("reset.json")
    run(suite, ["--coverage", path], ["sh", "-c", " ".join(map(repr, curl(suite))) + "; " + resets])
    with open(path, encoding="utf-8") as file:
        checks.equal("a reset loses nothing", json.load(file)["met"], 3)
    code, error = run(suite, ["--coverage", "/no/such/cover.json"], curl(suite))
    checks.equal("a file that cannot be written: exit code", code, 3)
    checks.that("it is named", "/no/such/cover.json" in error, error)
    code, _ = run(suite, ["--coverage", "/no/such/cover.json"], ["sh", "-c", "exit 5"])
    checks.equal("the command's own failure wins", code, 5)


SUCCESS = (0, "ailab-mock: 1 call: 1 x 200\n")


def check_minimum(suite):
    checks = suite.checks
    code, error = run(suite, ["--coverage-min", "1"], curl(suite))
    checks.equal("--coverage-min that is met", (code, error), SUCCESS)
    code, error = run(suite, ["--coverage-min", "2"], curl(suite))
    checks.equal("--coverage-min that is not met: exit code", code, 1)
    for line in (
        r"ailab-mock:   ERROR_BLURRY_FACE +mock:ERROR_BLURRY_FACE",
        r"ailab-mock:   13 +service_choice=13",
        r"ailab-mock: --coverage-min 2: the calls have met 1\.\d %; the exit code is 1",
    ):
        checks.that(f"it says {line}", re.search(f"(?m)^{line}$", error), error)
    checks.that("what was met is not told", "service_choice=12" not in error, error)
    code, error = run(suite, ["--coverage-min", "100"], ["sh", "-c", "exit 7"])
    checks.equal("the command's own failure is not judged", (code, "13" in error), (7, False))
    code, _ = run(suite, ["--coverage-min", "101"], ["true"])
    checks.equal("--coverage-min 101", code, 2)


def check_matrix(suite):
    checks = suite.checks
    path = suite.path("matrix.json")
    code, error = run(suite, ["--revisions", "all", "--coverage", path], curl(suite))
    checks.equal("a caller of 12: exit code", code, 1)
    checks.equal(
        "each revision once", re.findall(r"(?m)^ailab-mock: revision (\S+)$", error), REVISIONS
    )
    checks.that(
        "which it survives",
        error.endswith(
            "ailab-mock: the command survives: 1.0.1, 2025-09, 2026-01, 2026-05; it fails under: 1.0.0\n"
        ),
        error,
    )
    for revision in REVISIONS:
        with open(suite.path(f"matrix-{revision}.json"), encoding="utf-8") as file:
            checks.equal(f"the report of {revision}", json.load(file)["revision"], revision)
    checks.that("and no other", not os.path.exists(path))
    code, error = run(suite, ["--revisions", "all", "--quiet"], curl(suite, "100"))
    checks.equal("a caller of 100: exit code", code, 0)
    checks.that("all", error.endswith("2026-05; it fails under: no revision\n"), error)
    code, error = run(suite, ["--revisions", "all"], ["no-such-program"])
    checks.equal("no such program: once", (code, error.count("cannot run")), (127, 1))
    code, _ = run(suite, ["--revisions", "all", "--revision", "1.0.0"], ["true"])
    checks.equal("--revisions beside --revision", code, 2)
    code, error = run(suite, ["--revisions", "al"], ["true"])
    checks.equal("--revisions al", (code, "expected all" in error), (2, True))


def check_signal(suite):
    """A signal ends the command of the moment and the rest with it."""
    started = suite.path("started")

    def has_started():
        return os.path.exists(started) and os.path.getsize(started) > 0

    process = subprocess.Popen(
        [suite.mock, "run", "--revisions", "all", "--", "sh", "-c", f"echo >> {started}; exec sleep 60"],
        stderr=subprocess.PIPE,
        preexec_fn=die_with_parent,
        env=plain_environment(environment(suite)),
    )
    suite.checks.that("the command has started", until(has_started, 20))
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=20 * suite.patience)
    suite.checks.equal("SIGTERM: exit code", process.returncode, 143)
    suite.checks.equal("SIGTERM: no further revision", error.count(b": revision "), 1)
    with open(started, encoding="ascii") as file:
        suite.checks.equal("SIGTERM: the command ran once", file.read(), "\n")


def test(suite):
    check_files(suite)
    check_minimum(suite)
    check_matrix(suite)
    check_signal(suite)


if __name__ == "__main__":
    main(test)
