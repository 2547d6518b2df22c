"""Fail: the wall is searched, a click arms the next calls of a key, and a real client meets it."""
from browser import ENDPOINT, Keys, Page, admin, main


def curl(suite, mock, key):
    """The status that curl sees, and the code."""
    done = suite.run(
        ["curl", "--silent", "--header", f"ailabapi-api-key: {key}", "--form", "service_choice=12"]
        + ["--form", f"image_target=@{suite.picture_path('portrait.jpg')}", mock.url + ENDPOINT]
        + ["--write-out", "\n%{http_code}"]
    )
    text, _, status = done.stdout.decode().rpartition("\n")
    code = text.partition('"code":"')[2].partition('"')[0]
    return int(status or 0), code


def names(page):
    return page.script("return [...document.querySelectorAll('.wall button')].map((b) => b.dataset.name)")


def check_wall(suite, page, mock):
    checks = suite.checks
    page.open("#/fail")
    everything = admin(mock, "GET", "/__admin/scenarios")["scenarios"]
    page.until("everything is on the wall", lambda: len(names(page)) == len(everything))
    checks.equal("the same", sorted(names(page)), sorted(row["name"] for row in everything))
    page.press("/", *"blurry")
    page.until("a search", lambda: names(page) == ["ERROR_BLURRY_FACE"])
    checks.that("its line is there", "400" in page.text(".wall") or "422" in page.text(".wall"))
    page.driver.refresh()
    page.until("a reload keeps it", lambda: names(page) == ["ERROR_BLURRY_FACE"])
    page.open("#/fail")
    page.click("Faults")
    faults = sorted(row["name"] for row in everything if row["kind"] == "fault")
    page.until("one kind alone", lambda: sorted(names(page)) == faults)
    checks.that("there are faults", len(faults) > 30)


def check_arming(suite, page, mock):
    page.open("#/fail")
    page.until("the wall is there", lambda: names(page))
    page.type_into("input:not([type])", "armed-key")
    page.type_into("input[type=number]", "2")
    page.type_into("input[type=search]", "BLURRY")
    page.until("found", lambda: names(page) == ["ERROR_BLURRY_FACE"])
    page.one(".wall button").click()
    page.until("the queue shows it", lambda: "2 calls" in page.text(".queue"))
    expected = [(422, "ERROR_BLURRY_FACE"), (422, "ERROR_BLURRY_FACE"), (200, "")]
    got = []
    got.append(curl(suite, mock, "armed-key"))
    page.until("the queue is followed", lambda: "1 call" in page.text(".queue li"))
    got += [curl(suite, mock, "armed-key"), curl(suite, mock, "armed-key")]
    suite.checks.equal("curl meets it twice", got, expected)
    page.until("then it is empty", lambda: "Empty." in page.text(".queue"))


def check_emptying(suite, page, mock):
    """With the keyboard alone, and steps of several kinds."""
    page.open("#/fail?q=gateway")
    page.until("the wall is there", lambda: "gateway-html-502" in names(page)[:1])
    suite.checks.that("Tab reaches the wall", page.tab_to(".wall button"))
    page.press(Keys.ENTER)
    page.until("Enter arms", lambda: "status 502" in page.text(".queue"))
    page.press(Keys.ARROW_RIGHT, Keys.SPACE)
    page.until("an arrow goes on", lambda: "status 504" in page.text(".queue"))
    suite.checks.that("Tab reaches the button", page.tab_to(".queue button"))
    page.press(Keys.ENTER)
    page.until("the queue is emptied", lambda: "Empty." in page.text(".queue"))
    suite.checks.equal("a client meets nothing", curl(suite, mock, "any-key"), (200, ""))


def test(suite):
    mock = suite.start()
    with Page(suite, mock) as page:
        check_wall(suite, page, mock)
        check_arming(suite, page, mock)
        check_emptying(suite, page, mock)
        page.finish()
    mock.stop()


if __name__ == "__main__":
    main(test)
