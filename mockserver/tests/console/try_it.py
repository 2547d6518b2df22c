"""Try it: a picture comes in every way, each expression is a button, and each refusal has its code."""
from browser import Keys, Page, admin, main

REFUSED = [
    ("Wrong key", 401, "ERROR_USER_NOT_EXISTS"),
    ("A GIF", 415, "UNSUPPORTED_FILE_TYPES"),
    ("Half a JPEG", 422, "FILE_DECODING_FAILURE"),
    ("4096 px wide", 413, "FILE_RESOLUTION_EXCEEDS_LIMITS"),
]
EXPRESSIONS = {10: "Dimple Smile", 12: "Big Grin", 16: "Forced Smile", 100: "Opening eyes"}

GIVE = """
const file = new File([Uint8Array.from(arguments[1])], arguments[2], {type: 'image/png'});
const data = new DataTransfer();
data.items.add(file);
if (arguments[0] === 'paste')
  window.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
else
  document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));
"""

LOADED = """
const images = [...document.querySelectorAll('.outcome .pair img')];
return images.every((image) => image.complete && image.naturalWidth) ? images.length : 0;
"""


def newest(mock):
    return admin(mock, "GET", "/__admin/requests?limit=1")["requests"][0]


def outcome(page):
    return page.text(".outcome")


def check_choosing(suite, page, mock):
    page.open("#/try")
    page.one("input[type=file]").send_keys(suite.picture_path("portrait.jpg"))
    page.until("a file is chosen", lambda: "portrait.jpg" in page.text(".drop"))
    page.until("it is shown", lambda: page.script("return document.querySelector('.thumb').naturalWidth"))
    for way in ("paste", "drop"):
        page.script(GIVE, way, list(suite.picture("portrait.png")), f"by-{way}.png")
        page.until(f"{way}: the picture is there", lambda: f"by-{way}.png" in page.text(".drop"))
    page.click("Big Grin")
    page.until("the pasted bytes are sent", lambda: "200" in outcome(page))
    sent = newest(mock)
    got = (sent["image"]["format"], sent["parts"][1]["file_name"])
    suite.checks.equal("as they were", got, ("png", "by-drop.png"))


def check_camera(suite, page, mock):
    page.open("#/try")
    page.click("Camera")
    page.click("Take the picture")
    page.until("the camera's picture is there", lambda: "camera.jpg" in page.text(".drop"))
    page.until("the camera is off", lambda: not page.all("video"))
    page.click("Big Grin")
    name = "camera.jpg"
    page.until("it is sent", lambda: newest(mock)["parts"][1]["file_name"] == name)
    sent = newest(mock)
    got = (sent["status"], sent["image"]["format"])
    suite.checks.equal("and accepted, as a JPEG", got, (200, "jpeg"))


def check_expressions(suite, page, mock):
    page.click("Use a drawn face")
    for number, name in EXPRESSIONS.items():
        page.click(name)
        page.until(f"{name} is sent", lambda: newest(mock)["service_choice"] == number)
        page.until(f"{name}: the result is beside the picture", lambda: page.script(LOADED) == 2)
    page.until("the time is told", lambda: " ms" in outcome(page))
    page.until("the envelope is shown", lambda: '"error_code": 0' in page.text(".outcome pre"))
    page.until("it is found in Live", lambda: page.named(".outcome a", "Request #"))
    page.click("Request #")
    page.until("with its detail", lambda: page.all("aside.detail table"))
    page.click("Send again")
    page.until("and can be sent again", lambda: "Sent again: 200" in page.text(".notice"))


def check_refusals(suite, page):
    page.open("#/try")
    for name, status, code in REFUSED:
        page.click(name)
        words = f"{status} {code}".split()
        page.until(f"{name}: {status} {code}", lambda: all(w in outcome(page) for w in words))
    page.click("No face")
    page.until("a failure with one click", lambda: "ERROR_NO_FACE_IN_FILE" in outcome(page))
    page.click("Cut in the answer")
    page.until("a broken answer is told", lambda: "no whole answer came" in outcome(page))


def check_keyboard(suite, page, mock):
    page.open("#/try")
    page.until("expressions are there", lambda: page.named("button", "Dimple Smile"))
    suite.checks.that("Tab reaches the file", page.tab_to("input[type=file]"))
    suite.checks.that("Tab reaches an expression", page.tab_to("button.call"))
    before = newest(mock)["id"]
    page.press(Keys.SPACE)
    page.until("the space bar sends", lambda: newest(mock)["id"] > before)
    suite.checks.equal("a call that succeeds", newest(mock)["status"], 200)


def check_strict(suite, page, mock):
    """Where cues do not count, the queue gives the same."""
    admin(mock, "POST", "/__admin/settings", {"strict": True})
    page.until("strict is shown", lambda: "Strict\non" in page.text("dl.always"))
    page.click("Two faces")
    page.until("a failure in strict", lambda: "Multiple faces" in outcome(page))


def test(suite):
    mock = suite.start()
    with Page(suite, mock) as page:
        check_choosing(suite, page, mock)
        check_camera(suite, page, mock)
        check_expressions(suite, page, mock)
        check_refusals(suite, page)
        check_keyboard(suite, page, mock)
        check_strict(suite, page, mock)
        page.finish()
    mock.stop()


if __name__ == "__main__":
    main(test)
