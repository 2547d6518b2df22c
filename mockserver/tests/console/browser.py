"""A Chromium that uses the console as a person does: what the tests of its places share.

Each test looks at the end at what every page promises: no line in the browser's console, no report
of the content security policy, no request to another origin. A network error that the test itself
caused, such as a refused call, is no such line.
"""
import json
import os
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "blackbox"))
from harness import main, until  # noqa: E402

ENDPOINT = "/api/portrait/effects/emotion-editor"
LIMIT_S = 60  # a browser on a loaded machine
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser")
DRIVER = ("/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver")


def leave_out(why):
    """On a developer's machine a missing browser leaves the test out; in CI it is a fault."""
    print(f"left out: {why}; the packages are in ci/lib/packages")
    sys.exit(1 if os.environ.get("CI") else 77)


try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    leave_out("python3-selenium is not installed")


def found(paths, name):
    for path in paths:
        if os.path.exists(path):
            return path
    return leave_out(f"{name} is not installed")


def options_of(width, height, trusting):
    options = webdriver.ChromeOptions()
    options.accept_insecure_certs = trusting
    options.binary_location = found(CHROMIUM, "chromium")
    for flag in (
        "--headless=new",
        "--no-sandbox",  # as root, as in a container
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--window-size={width},{height}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return options


class Page:
    """One window. Elements are found by what a person reads: the words of a button or a link."""

    def __init__(self, suite, mock, width=1280, height=900, trusting=False):
        """trusting: any certificate is right."""
        self.suite, self.checks, self.mock = suite, suite.checks, mock
        self.lines, self.requests = [], []
        service = Service(found(DRIVER, "chromium-driver"))
        try:
            options = options_of(width, height, trusting)
            self.driver = webdriver.Chrome(options=options, service=service)
        except WebDriverException as error:
            leave_out(f"the browser does not start: {error.msg}")
        self.driver.set_script_timeout(60 * suite.patience)
        grant = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
        self.driver.execute_cdp_cmd("Browser.grantPermissions", {**grant, "origin": mock.url})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    # Looking

    def open(self, place=""):
        self.driver.get(f"{self.mock.url}/__admin/{place}")
        self.until("the feed is live", lambda: self.all(".link.live"))

    def until(self, why, condition, limit_s=LIMIT_S):
        """Waits for a condition, which is a check."""

        def settled():
            try:
                return condition()
            except WebDriverException:  # an element of the last drawing
                return None

        value = until(settled, limit_s * self.suite.patience, 0.02)
        self.checks.that(why, value, self.text("#app")[:2000] if not value else "")
        return value

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        elements = self.all(selector)
        return elements[0].text if elements else ""

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def named(self, selector, words):
        for element in self.all(selector):
            if element.text.startswith(words) and element.is_displayed():
                return element
        return None

    # Doing

    def click(self, words, selector="button, .button, a, summary"):
        element = self.until(f"there is {words!r}", lambda: self.named(selector, words))
        self.until(f"{words!r} can be used", element.is_enabled)
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, selector, limit=60):
        """Goes there with the Tab key alone; false when it is not on the way."""
        for _ in range(limit):
            self.press(Keys.TAB)
            if self.script("return document.activeElement.matches(arguments[0])", selector):
                return True
        return False

    def type_into(self, selector, text):
        field = self.one(selector)
        field.send_keys(Keys.CONTROL + "a", Keys.BACKSPACE)
        field.send_keys(text)

    def clipboard(self):
        return self.driver.execute_async_script(
            "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](String(e)))"
        )

    # What every page promises

    def collect(self):
        self.lines += self.driver.get_log("browser")
        for row in self.driver.get_log("performance"):
            message = json.loads(row["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])

    def finish(self, refused=(ENDPOINT,)):
        """refused: paths whose refusals the test caused."""
        self.collect()
        loud = [
            line["message"]
            for line in self.lines
            if not (line["source"] == "network" and any(path in line["message"] for path in refused))
        ]
        ours = (self.mock.url + "/", "blob:" + self.mock.url, "data:image/")
        foreign = [url for url in self.requests if not url.startswith(ours)]
        self.checks.equal("the browser's console is silent", loud, [])
        self.checks.equal("no request leaves the origin", foreign, [])
        self.checks.that("requests were watched", self.requests)


# Another client


def call(mock, path, method="GET", body=None, headers=None):
    """(status, bytes) of a call that is made beside the page."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    asked = urllib.request.Request(mock.url + path, data=data, method=method, headers=headers or {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=LIMIT_S) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def admin(mock, method, path, body=None):
    status, text = call(mock, path, method, body)
    if status >= 400:
        raise RuntimeError(f"{method} {path}: {status} {text!r}")
    return json.loads(text)


def form_of(picture, name="a.jpg", choice="12"):
    """A body and its headers, without the key."""
    head = 'Content-Disposition: form-data; name="%s"%s\r\n\r\n'
    parts = [
        (head % ("service_choice", "")).encode() + choice.encode(),
        (head % ("image_target", f'; filename="{name}"')).encode() + picture,
    ]
    body = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + b"--B--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=B"}


def upload(mock, picture, key, name="a.jpg", choice="12"):
    """(status, code) of a call of the mocked API."""
    body, headers = form_of(picture, name, choice)
    status, text = call(mock, ENDPOINT, "POST", body, {**headers, "ailabapi-api-key": key})
    document = json.loads(text)
    return status, document["error_detail"]["code"]


__all__ = ["ENDPOINT", "Keys", "Page", "admin", "call", "main", "until", "upload"]
