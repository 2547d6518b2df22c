"""Accounts, edited in their place, and the contract, whose clauses have addresses."""
from browser import Keys, Page, admin, main, upload


def accounts(mock):
    return admin(mock, "GET", "/__admin/accounts")["accounts"]


def cell(label):
    return f"tr:first-child input[aria-label^='{label}']"


def check_accounts(suite, page, mock, picture):
    checks = suite.checks
    page.open("#/accounts")
    page.until("no key yet", lambda: page.named(".empty-list", "No key"))
    upload(mock, picture, "key-a")
    page.until("a key appears by itself", lambda: page.all(cell("Credits")))
    page.type_into(cell("Credits"), "12")
    page.type_into(cell("Requests"), "7")
    page.type_into(cell("Window"), "60000")
    page.type_into(cell("At once"), "3")
    page.click("Save", "td button")
    page.until("credits are set", lambda: accounts(mock)[0]["credits"] == 12)
    row = accounts(mock)[0]
    checks.equal("rate", row["rate"], {"requests": 7, "window_ms": 60000})
    checks.equal("concurrency", row["concurrency"], 3)
    upload(mock, picture, "key-a")
    credits = "return document.querySelector(arguments[0]).value"
    page.until("a charge is shown", lambda: page.script(credits, cell("Credits")) == "0")
    checks.equal("no credits are left", upload(mock, picture, "key-a")[1], "ERROR_NOT_ENOUGH_CREDITS")
    page.until("and told", lambda: "1 refused" in page.text("tr:first-child .wide"))
    page.click("Reset", "td button")
    page.until("a reset gives them back", lambda: accounts(mock)[0]["credits"] == 12)
    page.one(cell("Locked")).click()
    page.click("Save")
    page.until("a lock", lambda: upload(mock, picture, "key-a")[1] == "ERROR_USER_LOCKED")


def check_accounts_keyboard(suite, page, mock):
    page.open("#/accounts")
    page.until("the key is there", lambda: page.all(cell("Credits")))
    suite.checks.that("Tab reaches the credits", page.tab_to(cell("Credits")))
    page.press(*[Keys.BACKSPACE] * 6, *"480", Keys.ENTER)
    page.until("Enter saves", lambda: accounts(mock)[0]["credits"] == 480)
    page.press(*"9", Keys.ESCAPE)
    value = "return document.querySelector(arguments[0]).value"
    page.until("Escape takes back", lambda: page.script(value, cell("Credits")) == "480")
    page.press(*[Keys.BACKSPACE] * 6, Keys.ENTER)
    page.until("empty is no limit", lambda: accounts(mock)[0]["credits"] is None)
    page.type_into("form input:not([type])", "key-b")
    page.press(Keys.ENTER)
    page.until("a new key is set", lambda: [row["credits"] for row in accounts(mock)].count(24) == 1)


def check_contract(suite, page, mock):
    checks = suite.checks
    page.open("#/contract")
    tables = admin(mock, "GET", "/__admin/contract")
    page.until("all clauses", lambda: len(page.all(".clauses li")) == len(tables["clauses"]))
    revisions = page.text(".revisions")
    for row in tables["revisions"]:
        checks.that(f"revision {row['name']}", row["name"] in revisions)
    for words in ("48 codes have another status", "service_choice is required", "this mock"):
        checks.that(f"differences: {words}", words in revisions, revisions)
    page.press("/", *"4096")
    page.until("a search", lambda: 0 < len(page.all(".clauses li")) < 10)
    page.open("#/contract/key_required")
    page.until("a clause has an address", lambda: page.all("#clause-key_required.current"))
    at = "return document.querySelector('.clauses .current').getBoundingClientRect().top"
    page.until("and is in view", lambda: 0 < page.script(at) < 900)
    page.driver.refresh()
    page.until("a reload keeps it", lambda: page.all("#clause-key_required.current"))
    checks.that("coverage is one of them", page.named(".links a", "Coverage"))
    for link in page.all(".links a"):
        address = link.get_attribute("href")
        path = address.removeprefix(mock.url)
        got = page.script("return fetch(arguments[0]).then((r) => r.status)", path)
        checks.equal(f"the link {link.text!r} leads somewhere", got, 200)


def test(suite):
    picture = suite.picture("portrait.jpg")
    mock = suite.start()
    with Page(suite, mock) as page:
        check_accounts(suite, page, mock, picture)
        check_accounts_keyboard(suite, page, mock)
        check_contract(suite, page, mock)
        page.finish()
    mock.stop()


if __name__ == "__main__":
    main(test)
