"""One client that other people wrote: a right request and a wrong one, through its own defaults.

The last argument says which: curl, wget, httpie, requests or node. A client that is not installed
is skipped with its name and the reason (exit code 77), never passed.
"""
import importlib.util
import json
import os
import shutil
import sys

from harness import KEY, main, node_can_fetch
from wire import PATH, Answer, body_of, form, part

SKIP = 77
BOUNDARY = "------------------------d74496d66958873e"


class Call:
    """What a client is to send, and where its answer goes; choice None leaves the part out."""

    def __init__(self, suite, url, choice, name):
        self.suite, self.url, self.choice = suite, url, choice
        self.image = suite.picture_path(name)
        self.out = suite.path("answer")

    def answered(self, done, status):
        """(status, the answer's JSON) or what the client complained about."""
        try:
            with open(self.out, "rb") as file:
                return int(status), json.load(file)
        except (OSError, ValueError) as error:
            return f"exit code {done.returncode}: {error}: {done.stderr.decode()[-300:]}", {}


def call_curl(call):
    """The documented call, with nothing changed but the host."""
    choice = ["--form", f"service_choice={call.choice}"] if call.choice else []
    done = call.suite.run(
        [
            "curl",
            "--request",
            "POST",
            "--url",
            call.url,
            "--header",
            "Content-Type: multipart/form-data",
            "--header",
            f"ailabapi-api-key: {KEY}",
            *choice,
            "--form",
            f"image_target=@{call.image}",
            "--output",
            call.out,
            "--write-out",
            "%{http_code}",
        ]
    )
    return call.answered(done, done.stdout)


def call_wget(call):
    """wget cannot make a form; its callers make the body themselves."""
    with open(call.image, "rb") as file:
        image = file.read()
    if call.choice:
        body = form(image, call.choice, BOUNDARY)
    else:
        body = body_of([part("image_target", image, "a.jpg")], BOUNDARY)
    body = call.suite.save("body", body)
    done = call.suite.run(
        [
            "wget",
            "--no-verbose",
            "--tries=1",
            "--timeout=20",
            "--content-on-error",
            "--server-response",
            f"--post-file={body}",
            f"--header=ailabapi-api-key: {KEY}",
            f"--header=Content-Type: multipart/form-data; boundary={BOUNDARY}",
            f"--output-document={call.out}",
            call.url,
        ]
    )
    lines = [line.split() for line in done.stderr.decode().splitlines() if "HTTP/1.1" in line]
    status = lines[-1][1] if lines else 0
    if status == "401":  # wget gives up at its status line, whatever the options: so do we
        return 401, None
    return call.answered(done, status)


def call_httpie(call):
    choice = [f"service_choice={call.choice}"] if call.choice else []
    done = call.suite.run(
        [
            "http",
            "--ignore-stdin",
            "--print=hb",
            "--pretty=none",
            "--multipart",
            "POST",
            call.url,
            f"ailabapi-api-key:{KEY}",
            *choice,
            f"image_target@{call.image}",
        ],
        environment={"HOME": call.suite.folder},
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    with open(call.out, "wb") as file:
        file.write(body)
    return call.answered(done, head.split()[1] if head else 0)


REQUESTS = """
import requests, sys
url, key, choice, image, out = sys.argv[1:]
with open(image, "rb") as file:
    answer = requests.post(url, headers={"ailabapi-api-key": key}, files={"image_target": file},
                           data={"service_choice": int(choice)} if choice else {}, timeout=20)
open(out, "wb").write(answer.content)
print(answer.status_code)
"""

NODE = """
const fs = require("fs");
const [url, key, choice, image, out] = process.argv.slice(1);
const form = new FormData();
form.append("image_target", new Blob([fs.readFileSync(image)]), "portrait.jpg");
if (choice) form.append("service_choice", choice);
fetch(url, { method: "POST", headers: { "ailabapi-api-key": key }, body: form })
    .then(async (answer) => {
        fs.writeFileSync(out, Buffer.from(await answer.arrayBuffer()));
        console.log(answer.status);
    });
"""


def call_script(*interpreter):
    def call_it(call):
        done = call.suite.run(
            [*interpreter, call.url, KEY, call.choice or "", call.image, call.out], limit_s=30
        )
        return call.answered(done, done.stdout or 0)

    return call_it


CLIENTS = {
    "curl": (lambda: shutil.which("curl"), call_curl),
    "wget": (lambda: shutil.which("wget"), call_wget),
    "httpie": (lambda: shutil.which("http"), call_httpie),
    "requests": (
        lambda: importlib.util.find_spec("requests"),
        call_script(sys.executable, "-c", REQUESTS),
    ),
    "node": (node_can_fetch, call_script("node", "-e", NODE)),
}


def check_wrong(suite, send, why, url, expected, choice="12", name="portrait.jpg"):
    status, root = send(Call(suite, url, choice, name))
    if root is None:
        suite.checks.equal(f"{why}: status", status, expected[0])
        return
    suite.checks.equal(
        f"{why}: status and code", (status, root.get("error_detail", {}).get("code")), expected
    )
    suite.checks.that(
        f"{why}: a message, and no picture",
        root.get("error_detail", {}).get("message") and "data" not in root,
        root,
    )


def check_right(suite, send, url):
    for name, expected in (("portrait.jpg", "JPEG 512x512"), ("portrait.png", "PNG 512x512")):
        call = Call(suite, url, "12", name)
        if os.path.exists(call.out):
            os.remove(call.out)
        status, root = send(call)
        seen = status
        if status == 200:
            with open(call.out, "rb") as file:
                seen = suite.describe(Answer(200, "", [], file.read()).image())
        suite.checks.equal(f"{name}: the result", seen, expected)
        suite.checks.equal(f"{name}: error_code", root.get("error_code"), 0)


def test(suite):
    name = suite.rest[0]
    installed, send = CLIENTS[name]
    if not installed():
        print(f"SKIP: {name} is not installed, or too old to send a form")
        suite.close()
        sys.exit(SKIP)
    mock = suite.start("--api-key", KEY)
    stranger = suite.start("--api-key", "another-key")
    check_right(suite, send, mock.url + PATH)
    check_wrong(
        suite,
        send,
        "a choice out of scope",
        mock.url + PATH,
        (400, "ERROR_INVALID_PARAMETER"),
        "17",
    )
    check_wrong(
        suite,
        send,
        "a file that is no picture",
        mock.url + PATH,
        (415, "UNSUPPORTED_FILE_TYPES"),
        name="README.md",
    )
    check_wrong(
        suite, send, "no service_choice", mock.url + PATH, (400, "MISSING_PARAMETERS"), None
    )
    check_wrong(suite, send, "an unknown key", stranger.url + PATH, (401, "ERROR_USER_NOT_EXISTS"))
    check_wrong(
        suite,
        send,
        "an unknown path",
        mock.url + "/api/portrait/effects/no-such",
        (404, "ERROR_AI_NOT_EXISTS"),
    )
    mock.stop()
    stranger.stop()


if __name__ == "__main__":
    main(test)
