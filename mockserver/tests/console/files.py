"""The console's files over HTTP, without a browser: headers, sizes, validators, and who gets them."""
import gzip
import hashlib
import os
import re
import sys
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "blackbox"))
from harness import main  # noqa: E402

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SIZE_MAX = 60_000  # of all files, gzipped
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, br"}


def get(mock, path, **headers):
    """(status, headers, bytes as sent)"""
    asked = urllib.request.Request(mock.url + path, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def rows(suite):
    """(path, file) of files.def."""
    path = os.path.join(suite.source, "mockserver", "src", "console", "files.def")
    with open(path, encoding="utf-8") as file:
        return re.findall(r'^CONSOLE_FILE\(\w+, "([^"]+)", "([^"]+)"', file.read(), re.M)


def source_of(suite, name):
    for folder in ("mockserver/console", "mockserver/console/vendor", "fixtures", "mockserver"):
        path = os.path.join(suite.source, folder, name)
        if os.path.exists(path):
            with open(path, "rb") as file:
                return file.read()
    return None


def check_files(suite, mock):
    checks = suite.checks
    total = 0
    for path, name in rows(suite):
        status, headers, body = get(mock, path, **BROWSER)
        checks.equal(f"{path}: there, gzipped", (status, headers["Content-Encoding"]), (200, "gzip"))
        checks.that(f"{path}: the file of the tree", gzip.decompress(body) == source_of(suite, name))
        checks.equal(f"{path}: its policy", headers["Content-Security-Policy"], POLICY)
        checks.equal(f"{path}: no sniffing", headers["X-Content-Type-Options"], "nosniff")
        total += len(body)
        again = get(mock, path, **BROWSER, **{"If-None-Match": headers["ETag"]})
        checks.equal(f"{path}: asked again", (again[0], again[2]), (304, b""))
        plain = get(mock, path)
        checks.that(f"{path}: plain", plain[2] == source_of(suite, name))
        checks.that(f"{path}: another validator when plain", plain[1]["ETag"] != headers["ETag"])
        other = get(mock, path, **{"If-None-Match": headers["ETag"]})
        checks.equal(f"{path}: which is not mixed up", other[0], 200)
    checks.below("all files, gzipped", total, SIZE_MAX, "bytes")
    checks.that("no script asks for eval", b"eval(" not in source_of(suite, "main.js"))


def check_root(suite, mock):
    checks = suite.checks
    page = get(mock, "/__admin/", **BROWSER)[2]
    checks.equal("a browser at /", get(mock, "/", **BROWSER)[2], page)
    checks.equal("and at /__admin", get(mock, "/__admin", **BROWSER)[2], page)
    checks.equal("another client at /", get(mock, "/", Accept="*/*")[0], 404)
    checks.equal("no such file", get(mock, "/__admin/console/none.js")[0], 404)
    listed = get(mock, "/__admin/requests")[2]
    checks.that("reading the page is no request of the mocked API", b'"path":"/__admin' not in listed)


def check_token(suite):
    mock = suite.start("--admin-token", "t")
    for path, _ in rows(suite):
        suite.checks.equal(f"{path}: without a token", get(mock, path)[0], 200)
    for path in ("/__admin/requests", "/__admin/events", "/__admin/contract"):
        suite.checks.equal(f"{path}: only with one", get(mock, path)[0], 401)
    mock.stop()


def check_off(suite):
    mock = suite.start("--no-admin")
    for path in ("/__admin/", "/__admin/console/main.js", "/__admin/events"):
        suite.checks.equal(f"{path}: switched off", get(mock, path, **BROWSER)[0], 404)
    page = get(mock, "/", **BROWSER)
    suite.checks.that("/ says so", page[0] == 200 and b"--no-admin" in page[2], page[2])
    mock.stop()


def check_vendored(suite):
    """Each vendored file is the one that its list names."""
    for folder in ("mockserver/console/vendor", "mockserver/tests/console/vendor"):
        base = os.path.join(suite.source, folder)
        with open(os.path.join(base, "SHA256SUMS"), encoding="ascii") as file:
            for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", file.read(), re.M):
                with open(os.path.join(base, name), "rb") as vendored:
                    got = hashlib.sha256(vendored.read()).hexdigest()
                suite.checks.equal(f"{folder}/{name}: its SHA-256", got, digest)


def test(suite):
    mock = suite.start()
    check_files(suite, mock)
    check_root(suite, mock)
    mock.stop()
    check_token(suite)
    check_off(suite)
    check_vendored(suite)


if __name__ == "__main__":
    main(test)
