"""axe-core finds nothing at WCAG 2.2 AA: each place, light and dark, at 200 % or at 320 px."""
import os

from browser import Page, admin, call, main, upload

AXE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vendor", "axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MODES = [
    ("light", 1280, 900, 1),
    ("dark", 1280, 900, 1),
    ("light", 640, 450, 2),  # a window of 1280 x 900 at 200 %
    ("dark", 320, 640, 1),
]
RUN = """
const done = arguments[1];
axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(
  (got) => done(got.violations.map((v) => v.id + ': ' + v.help + ' at '
    + v.nodes.slice(0, 4).map((n) => n.target.join(' ') + ' (' + n.failureSummary + ')').join(' | '))),
  (error) => done([String(error)]));
"""


def fill(suite, mock):
    picture = suite.picture("portrait.jpg")
    admin(mock, "POST", "/__admin/mappings", {"name": "own", "match": {"service_choice": 15}, "steps": [{"error": "ERROR_BLURRY_FACE"}]})
    admin(mock, "PUT", "/__admin/accounts", {"accounts": {"key-a": {"credits": 240}}})
    for choice in ("12", "17"):
        upload(mock, picture, "key-a", choice=choice)
    upload(mock, picture, "mock:two-faces")
    admin(mock, "POST", "/__admin/queue", {"api_key": "any-key", "steps": [{"fault": "dribble", "times": 1000}]})
    call(mock, "/nowhere")


def emulate(page, scheme, width, height, scale):
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False},
    )
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def save_dialog(page):
    page.click("Save as a scenario")
    page.until("the dialog is there", lambda: page.all("dialog[open]"))


def sent(page):
    page.click("Big Grin")
    page.until("something came back", lambda: page.all(".outcome figure"))


PLACES = [
    ("#/live", ".rows", None),
    ("#/live/2", "aside.detail table.near", None),
    ("#/live/3", "aside.detail table", save_dialog),
    ("#/try", "button.call", sent),
    ("#/fail?kind=situation", ".queue li", None),
    ("#/accounts", "table.accounts", None),
    ("#/contract/key_required?q=key", ".clauses li", None),
]


def places_in(mode):
    """Every place light and dark, wide and narrow: in the first mode and the last, or in the two between.
    AILAB_TEST_AXE=all: each in every mode."""
    whole = os.environ.get("AILAB_TEST_AXE") == "all"
    outer = mode in (0, len(MODES) - 1)
    return [place for i, place in enumerate(PLACES) if whole or (i % 2 == 0) == outer]


def check_place(page, source, mode, place, ready, act):
    page.driver.get("about:blank")
    page.open(place)
    page.until(f"{place} is drawn", lambda: page.all(ready))
    if act:
        act(page)
    page.script(source)
    found = page.driver.execute_async_script(RUN, TAGS)
    page.checks.equal(f"axe finds nothing in {place}, {mode}", found, [])
    wide = page.script("return document.documentElement.scrollWidth - innerWidth")
    page.checks.that(f"nothing is wider than the window in {place}, {mode}", wide <= 0, wide)


def test(suite):
    with open(AXE, encoding="utf-8") as file:
        source = file.read()
    mock = suite.start()
    fill(suite, mock)
    with Page(suite, mock) as page:
        for number, (scheme, width, height, scale) in enumerate(MODES):
            emulate(page, scheme, width, height, scale)
            for place, ready, act in places_in(number):
                check_place(page, source, f"{scheme}, {width} px", place, ready, act)
        page.finish()
    mock.stop()


if __name__ == "__main__":
    main(test)
