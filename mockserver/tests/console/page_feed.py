"""The page's feed: 1,000 entries, a reset, a restart of the mock, the ninth watcher, the token."""
import http.client
import urllib.error
import urllib.request

from browser import ENDPOINT, Keys, Page, admin, main, until, upload


def ids(page):
    return page.script("return [...document.querySelectorAll('a.row')].map((r) => Number(r.dataset.id))")


def get_many(mock, count):
    """So many refused calls over one connection."""
    connection = http.client.HTTPConnection(mock.host, mock.port, timeout=20)
    for _ in range(count):
        connection.request("GET", ENDPOINT, headers={"ailabapi-api-key": "many"})
        connection.getresponse().read()
    connection.close()


def check_many(suite, page, mock, picture):
    get_many(mock, 1200)
    page.open()
    page.until("1,000 entries are listed", lambda: len(ids(page)) == 1000)
    page.until("the rest is told", lambda: "1000 kept, 200 forgotten" in page.text("dl.always"))
    upload(mock, picture, "key-a")
    page.until("one more is the first", lambda: ids(page)[:1] == [1201], 5)
    suite.checks.equal("and the list is no longer", len(ids(page)), 1000)
    page.press("/", *"portrait")
    page.press(*[Keys.BACKSPACE] * len("portrait"), *"a.jpg")
    page.until("a search in them", lambda: ids(page) == [1201], 5)


def check_reset(page, mock, picture):
    page.open("#/live")
    admin(mock, "POST", "/__admin/reset")
    page.until("a reset empties the list", lambda: not ids(page) and "0 kept" in page.text("dl.always"))
    upload(mock, picture, "key-a")
    page.until("and the feed goes on", lambda: ids(page) == [1202])


def watch(mock):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    answer = opener.open(mock.url + "/__admin/events", timeout=20)
    answer.readline()
    return answer


def check_ninth(page, mock):
    """The page is one watcher of eight; reloaded while eight others watch, it is the ninth."""
    watchers = [watch(mock) for _ in range(7)]
    page.driver.get("about:blank")
    eighth = until(lambda: try_to_watch(mock), 20)
    page.driver.get(f"{mock.url}/__admin/")
    page.until("the ninth is told why", lambda: "8 watchers follow" in page.text(".banner"))
    page.until("and still shows what there is", lambda: page.named("h1", "Live"))
    for watcher in [*watchers, eighth]:
        watcher.close()
    page.until("its turn comes", lambda: page.all(".link.live"))


def try_to_watch(mock):
    try:
        return watch(mock)
    except urllib.error.HTTPError:
        return None


def check_restart(suite, page, mock, picture):
    page.open("#/try")
    page.until("the place is drawn", lambda: page.all("button.call"))
    port = mock.port
    mock.stop()
    page.until("the page says that the mock is gone", lambda: "does not answer" in page.text(".banner"))
    again = suite.start("--seed", "7", port=port)
    page.until("it goes on with the next one", lambda: page.all(".link.live"))
    page.until("which has another seed", lambda: "Seed\n7" in page.text("dl.always"))
    suite.checks.that("the place is kept", "#/try" in page.driver.current_url)
    upload(again, picture, "key-a")
    page.open("#/live")
    page.until("old entries are gone, the new one is there", lambda: ids(page) == [1])
    return again


def check_token(suite, picture):
    """A mock that wants a token: the files are free, the page asks, and keeps it in memory alone."""
    mock = suite.start("--admin-token", "open-sesame")
    with Page(suite, mock) as page:
        page.driver.get(f"{mock.url}/")
        page.until("the page asks for the token", lambda: page.all("dialog[open] input"))
        page.press(*"wrong", Keys.ENTER)
        page.until("a wrong one is refused", lambda: page.all("dialog[open] input"))
        page.until("with the mock's sentence", lambda: "Bearer" in page.text(".banner"))
        page.type_into("dialog input", "open-sesame")
        page.press(Keys.ENTER)
        page.until("the right one opens", lambda: page.all(".link.live"))
        upload(mock, picture, "key-a")
        page.until("and the feed comes", lambda: ids(page) == [1])
        stored = "return [localStorage.length, sessionStorage.length, document.cookie]"
        suite.checks.equal("nothing is stored", page.script(stored), [0, 0, ""])
        page.driver.refresh()
        page.until("a reload asks again", lambda: page.all("dialog[open] input"))
        page.finish(refused=("/__admin/",))
    mock.stop()


def test(suite):
    picture = suite.picture("portrait.jpg")
    mock = suite.start()
    with Page(suite, mock) as page:
        check_many(suite, page, mock, picture)
        check_reset(page, mock, picture)
        check_ninth(page, mock)
        mock = check_restart(suite, page, mock, picture)
        page.finish(refused=("/__admin/events",))
    mock.stop()
    check_token(suite, picture)


if __name__ == "__main__":
    main(test)
