"""Over HTTPS: the page works there too, says who came by TLS, and arms faults of TLS."""
import os
import types

from browser import ENDPOINT, Page, admin, main

UNTRUSTED = 60  # curl's code for a certificate that it refuses


def curl(suite, mock, authority):
    """(curl's exit code, the status) of a call by TLS."""
    done = suite.run(
        ["curl", "--silent", "--cacert", authority, "--header", "ailabapi-api-key: key-a"]
        + ["--form", "service_choice=12", "--write-out", "%{http_code}", "--output", "/dev/null"]
        + ["--form", f"image_target=@{suite.picture_path('portrait.jpg')}"]
        + [mock.url.replace("http:", "https:", 1) + ENDPOINT]
    )
    return done.returncode, int(done.stdout or 0)


def names(page):
    return page.script("return [...document.querySelectorAll('.wall button')].map((b) => b.dataset.name)")


def check_arming(suite, page, mock, authority):
    checks = suite.checks
    page.open("#/fail")
    page.click("TLS", ".kinds button")
    page.until("the faults of TLS alone", lambda: "tls-expired" in names(page) and len(names(page)) < 12)
    checks.that("no call waits", "The next connections" not in page.text(".queue"))
    page.type_into("input[type=number]", "2")
    page.one("button[data-name=tls-expired]").click()
    page.until("it waits", lambda: "2 connections" in page.text(".queue"))
    checks.equal("curl meets it", curl(suite, mock, authority), (UNTRUSTED, 0))
    page.until("what waits is followed", lambda: "1 connection" in page.text(".queue ol:last-of-type"))
    page.click("Disarm them")
    page.until("and disarmed", lambda: "The next connections" not in page.text(".queue"))
    checks.equal("curl meets nothing", curl(suite, mock, authority), (0, 200))


def check_journal(suite, page):
    """A connection without a request has a row, and says why; there is nothing to repeat."""
    page.open("#/live")
    page.one('a.row[data-id="1"]').click()
    page.until("the detail opens", lambda: page.all("aside.detail h2"))
    detail = page.text("aside.detail")
    for words in ("no request", "tls-expired", "by TLS", "the certificate"):
        suite.checks.that(f"the detail says {words!r}", words in detail, detail)
    suite.checks.that("nothing to repeat", not page.named("aside button", "Copy as curl"))
    page.one('a.row[data-id="2"]').click()
    page.until("another", lambda: "success" in page.text("aside.detail h2"))
    suite.checks.that("it came by TLS", "by TLS" in page.text("aside.detail"))


def check_by_https(suite, page, mock):
    """All calls of the page carry an origin of https."""
    page.open("#/try")
    page.click("Big Grin")
    page.until("a result", lambda: page.all(".outcome figure img"))
    page.open("#/fail?q=ERROR_BLURRY_FACE")
    page.until("found", lambda: names(page) == ["ERROR_BLURRY_FACE"])
    page.one(".wall button").click()
    page.until("armed", lambda: "1 call" in page.text(".queue"))
    queue = admin(mock, "GET", "/__admin/queue?api_key=any-key")["steps"]
    suite.checks.equal("the mock has it", [row["left"] for row in queue], [1])
    page.open("#/live")
    page.until("the call is listed", lambda: len(page.all("a.row")) == 3)
    page.one("a.row").click()
    page.click("Copy as curl")
    page.until("copied", lambda: page.clipboard().startswith("curl"))
    suite.checks.that("a line that needs no certificate", mock.url + ENDPOINT in page.clipboard(), page.clipboard())
    page.open("#/live")
    page.click("Empty the journal")
    page.until("emptied", lambda: page.named(".empty-list", "No request"))


def test(suite):
    folder = suite.path("authority")
    authority = os.path.join(folder, "ailab-mock-ca.pem")
    mock = suite.start("--https", "--ca-dir", folder)
    with Page(suite, mock) as page:
        check_arming(suite, page, mock, authority)
        check_journal(suite, page)
        page.finish()
    by_https = types.SimpleNamespace(url=mock.url.replace("http:", "https:", 1))
    with Page(suite, by_https, trusting=True) as page:
        check_by_https(suite, page, mock)
        page.finish()
    mock.stop()


if __name__ == "__main__":
    main(test)
