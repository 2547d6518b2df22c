"""Live: what came is listed as it comes, told in full, filtered, repeated, kept as a scenario."""
import os
import subprocess

from browser import ENDPOINT, Keys, Page, admin, call, main, upload

HOSTILE = "<img src=x onerror=alert(1)>';--.jpg"


def ids(page):
    return page.script("return [...document.querySelectorAll('a.row')].map((r) => r.dataset.id)")


def check_arrival(suite, page, mock, picture):
    checks = suite.checks
    page.open()
    page.until("an empty journal says what to do", lambda: page.named(".empty-list", "No request"))
    checks.equal("a call", upload(mock, picture, "key-a"), (200, ""))
    page.until("the call is listed", lambda: ids(page) == ["1"])
    upload(mock, picture, "key-a", choice="17")
    upload(mock, picture, "mock:two-faces")
    page.until("the newest is first", lambda: ids(page) == ["3", "2", "1"])
    page.until("kept is counted", lambda: "3 kept, 0 forgotten" in page.text("dl.always"))
    facts = page.text("dl.always")
    for words in (mock.url, "2026-01", "Strict\noff", "Seed\n0"):
        checks.that(f"always visible: {words!r}", words in facts, facts)
    page.until(
        "a screen reader is told",
        lambda: page.script(
            "return [...document.querySelectorAll('[role=status]')].some((e) => e.textContent.includes('new request'))"
        ),
    )


def check_detail(suite, page):
    """With the mouse."""
    page.one('a.row[data-id="2"]').click()
    page.until("the detail opens", lambda: page.all("aside.detail table"))
    detail = page.text("aside.detail")
    for words in (
        "400 ERROR_INVALID_PARAMETER",
        "choice_scope",
        "17 is not in scope",
        "refused, and no scenario asked for it",
        "image_target",
        "a.jpg",
        "Content-Type",
    ):
        suite.checks.that(f"the detail says {words!r}", words in detail, detail)
    link = page.one("aside.detail dd a").get_attribute("href")
    suite.checks.that("the rule's clause is a link", "#/contract/" in link, link)
    page.one('a.row[data-id="1"]').click()
    page.until("a success tells of the picture", lambda: "512 × 512" in page.text("aside.detail"))


def check_keyboard(suite, page):
    """The whole way without a mouse."""
    checks = suite.checks
    page.open("#/live")
    page.until("the list is there", lambda: len(ids(page)) == 3 and not page.all("aside.detail"))
    page.press("/")
    focused = page.script("return document.activeElement.type")
    checks.equal("/ goes to the search", focused, "search")
    page.press("two-faces")
    page.until("the list is filtered", lambda: ids(page) == ["3"])
    page.press(*[Keys.BACKSPACE] * len("two-faces"))
    page.until("and whole again", lambda: len(ids(page)) == 3)
    checks.that("Tab reaches the list", page.tab_to("a.row"))
    page.press(Keys.ARROW_DOWN)
    at = page.script("return document.activeElement.dataset.id")
    checks.equal("an arrow goes to the next row", at, "2")
    page.press(Keys.ENTER)
    page.until("Enter opens the detail", lambda: page.all("aside.detail table"))
    outline = page.script(
        "document.querySelector('.actions button').focus({focusVisible: true});"
        "return getComputedStyle(document.activeElement).outlineStyle"
    )
    checks.equal("the focus is visible", outline, "solid")
    page.press(Keys.ESCAPE)
    page.until("Escape closes it", lambda: not page.all("aside.detail"))
    page.until(
        "the focus is back in the list",
        lambda: page.script("return document.activeElement.dataset.id") == "2",
    )


def check_filters(suite, page, mock, picture):
    upload(mock, picture, "key-b")
    page.open("#/live?status=4xx")
    page.until("a filter of the address holds", lambda: ids(page) == ["3", "2"])
    page.click("Unexpected only", "label.check")
    page.until("unexpected only", lambda: ids(page) == ["2"])
    page.driver.refresh()
    page.until("a reload keeps filters", lambda: ids(page) == ["2"])
    page.one('a.row[data-id="2"]').click()
    page.until("the detail opens", lambda: page.all("aside.detail table"))
    address = page.driver.current_url
    page.driver.refresh()
    page.until("a reload keeps the detail", lambda: page.all("aside.detail table"))
    suite.checks.equal("and the address", page.driver.current_url, address)
    page.open("#/live")
    keys = "return [...document.querySelectorAll('label.choice')].at(-1).querySelectorAll('option').length"
    page.until("each key can be chosen", lambda: page.script(keys) == 4)


def run_line(suite, line, mock):
    """The line as a person would paste it, with a key in the place of the placeholder."""
    line = line.replace("YOUR-KEY", "from-curl") + " --silent --output /dev/null --write-out '%{http_code}'"
    folder = suite.path("pictures")
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, capture_output=True, timeout=20 * suite.patience
    )
    return done.stdout.decode(), done.stderr.decode()


def check_copy(suite, page, mock, picture):
    """The line is run by a shell, and repeats the request."""
    os.mkdir(suite.path("pictures"))
    for name in ("a.jpg", "picture.jpg"):
        suite.save(f"pictures/{name}", picture)
    upload(mock, picture, "key-a", name=HOSTILE.replace('"', "%22"), choice="100")
    admin(mock, "POST", "/__admin/queue", {"api_key": "key-a", "steps": [{"error": "ERROR_BLURRY_FACE"}]})
    upload(mock, picture, "key-a")
    for number, status in (("2", "400"), ("3", "422"), ("5", "200"), ("6", "422")):
        page.open(f"#/live/{number}")
        page.click("Copy as curl")
        page.until("the page says so", lambda: "copied" in page.text(".notice"))
        line = page.clipboard()
        suite.checks.that("the key is a placeholder", "YOUR-KEY" in line and "key-a" not in line, line)
        got = run_line(suite, line, mock)
        suite.checks.that(f"request {number} is repeated by curl", got[0].endswith(status), (line, got))


def check_again(suite, page, mock, picture):
    page.open("#/live/2")
    page.until("the detail opens", lambda: page.all("aside.detail table"))
    suite.checks.that(
        "without a body it cannot be sent again", not page.named("button", "Send again").is_enabled()
    )
    page.click("Keep bodies from now on")
    page.until("bodies are kept", lambda: admin(mock, "GET", "/__admin/settings")["journal_bodies"])
    upload(mock, picture, "key-a", choice="17")
    newest = admin(mock, "GET", "/__admin/requests?limit=1")["requests"][0]
    page.open(f"#/live/{newest['id']}")
    page.click("Send again")
    page.until("it came again", lambda: "Sent again: 400" in page.text(".notice"))
    again = admin(mock, "GET", "/__admin/requests?limit=1")["requests"][0]
    same = ("status", "code", "service_choice", "image")
    suite.checks.equal("and is the same", [again[n] for n in same], [newest[n] for n in same])
    suite.checks.that("but another one", again["id"] > newest["id"])


def check_scenario(suite, page, mock, picture):
    """Saving one, and the near miss that another request is to it."""
    page.open("#/live/3")
    page.click("Save as a scenario")
    page.until("the dialog is there", lambda: page.all("dialog[open]"))
    page.type_into("dialog input", "from-the-page")
    page.click("Save", "dialog button")
    page.until("it is in force", lambda: "in force" in page.text("dialog"))
    page.click("Close", "dialog button")
    page.until("the dialog is gone", lambda: not page.all("dialog"))
    got = upload(mock, picture, "key-c")
    suite.checks.equal("a request like it gets the answer", got, (422, "ERROR_NO_FACE_IN_FILE"))
    upload(mock, picture, "key-c", choice="13")
    newest = admin(mock, "GET", "/__admin/requests?limit=1")["requests"][0]
    page.open(f"#/live/{newest['id']}")
    page.until("a near miss is shown", lambda: page.all("table.near tr.miss"))
    miss = page.text("table.near tr.miss")
    for words in ("service_choice", "12", "13"):
        suite.checks.that(f"side by side: {words}", words in miss, miss)


def check_hint(suite, page, mock):
    call(mock, ENDPOINT, "POST", b"{}", {"Content-Type": "application/json", "x-api-key": "key-a"})
    page.open("#/live?q=x-api-key")
    page.until("a search finds hints", lambda: len(ids(page)) == 1)
    page.one("a.row").click()
    page.until("the hint is told", lambda: "Hint\nheader 'X-Api-Key' came" in page.text("aside.detail"))
    suite.checks.equal("once", page.text("aside.detail dl").count("came;"), 1)


def check_hostile(suite, page):
    page.open("#/live?q=onerror")
    page.until("a hostile name is text", lambda: HOSTILE in page.text("ol.rows"))
    page.one("a.row").click()
    page.until("also in the detail", lambda: HOSTILE in page.text("aside.detail"))
    made = page.script("return document.querySelectorAll('main img, main script').length")
    suite.checks.equal("and makes no element", made, 0)


def check_emptying(suite, page, mock):
    page.open("#/live")
    page.click("Empty the journal")
    page.until("the list is empty", lambda: not ids(page) and "0 kept" in page.text("dl.always"))


def test(suite):
    picture = suite.picture("portrait.jpg")
    mock = suite.start()
    with Page(suite, mock) as page:
        check_arrival(suite, page, mock, picture)
        check_detail(suite, page)
        check_keyboard(suite, page)
        check_filters(suite, page, mock, picture)
        check_copy(suite, page, mock, picture)
        check_again(suite, page, mock, picture)
        check_scenario(suite, page, mock, picture)
        check_hint(suite, page, mock)
        check_hostile(suite, page)
        check_emptying(suite, page, mock)
        page.finish()
    mock.stop()


if __name__ == "__main__":
    main(test)
