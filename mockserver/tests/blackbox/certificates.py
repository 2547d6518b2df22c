"""Programs that other people wrote meet bad certificates: each is refused, and no request is sent.

The last argument says which: curl, requests, http_client, node or fetch. Each trusts the mock's own
authority as its manual says, and so takes the right certificate. A program that is not installed is
skipped with its name and the reason (exit code 77), never passed.
"""
import importlib.util
import json
import os
import shutil
import sys
import urllib.request

from harness import KEY, main, node_can_fetch
from wire import PATH, form

SKIP = 77
BOUNDARY = "certificates"

# What each program says of a certificate, in the words of the versions that are in use.
REASONS = {
    "tls-expired": ("expired",),
    "tls-wrong-host": ("match", "altname"),
    "tls-untrusted": ("issuer", "self-signed", "self signed"),
}

REQUESTS = """
import requests, sys
url, key, body, kind, authority = sys.argv[1:]
with open(body, "rb") as file:
    answer = requests.post(url, data=file.read(), timeout=20,
                           headers={"ailabapi-api-key": key, "Content-Type": kind})
print(answer.status_code)
"""

HTTP_CLIENT = """
import http.client, ssl, sys, urllib.parse
url, key, body, kind, authority = sys.argv[1:]
to = urllib.parse.urlsplit(url)
with open(body, "rb") as file:
    body = file.read()
connection = http.client.HTTPSConnection(to.hostname, to.port, timeout=20,
                                         context=ssl.create_default_context(cafile=authority))
connection.request("POST", to.path, body, {"ailabapi-api-key": key, "Content-Type": kind})
print(connection.getresponse().status)
"""

NODE = """
const fs = require("fs");
const [url, key, body, kind] = process.argv.slice(1);
const request = require("https").request(url, {
    method: "POST", headers: { "ailabapi-api-key": key, "Content-Type": kind },
}, (answer) => { answer.resume(); answer.on("end", () => console.log(answer.statusCode)); });
request.on("error", (error) => { console.error(error); process.exit(1); });
request.end(fs.readFileSync(body));
"""

FETCH = """
const fs = require("fs");
const [url, key, body, kind] = process.argv.slice(1);
fetch(url, {
    method: "POST", headers: { "ailabapi-api-key": key, "Content-Type": kind },
    body: fs.readFileSync(body),
}).then((answer) => console.log(answer.status),
        (error) => { console.error(error); process.exit(1); });
"""


def curl(url, key, body, kind, authority):
    return [
        "curl",
        "--silent",
        "--show-error",
        "--cacert",
        authority,
        "--header",
        f"ailabapi-api-key: {key}",
        "--header",
        f"Content-Type: {kind}",
        "--data-binary",
        f"@{body}",
        "--output",
        os.devnull,
        "--write-out",
        "%{http_code}",
        url,
    ]


def script(*interpreter):
    return lambda *words: [*interpreter, *words]


CLIENTS = {
    "curl": (lambda: shutil.which("curl"), curl),
    "requests": (
        lambda: importlib.util.find_spec("requests"),
        script(sys.executable, "-c", REQUESTS),
    ),
    "http_client": (lambda: True, script(sys.executable, "-c", HTTP_CLIENT)),
    "node": (lambda: shutil.which("node"), script("node", "-e", NODE)),
    "fetch": (node_can_fetch, script("node", "-e", FETCH)),
}


class Caller:
    """One program that calls one mock, by TLS."""

    def __init__(self, suite, mock, words_of):
        self.suite, self.mock, self.words_of = suite, mock, words_of
        self.body = suite.save("body", form(suite.picture("portrait-small.jpg"), "12", BOUNDARY))
        self.authority = os.path.join(suite.path("authority"), "ailab-mock-ca.pem")
        self.url = mock.url.replace("http://", "https://", 1) + PATH

    def call(self):
        """The status that the program saw, or None, and its words."""
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        done = self.suite.run(
            self.words_of(self.url, KEY, self.body, kind, self.authority),
            limit_s=30,
            environment={
                "REQUESTS_CA_BUNDLE": self.authority,
                "NODE_EXTRA_CA_CERTS": self.authority,
            },
        )
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        return (int(done.stdout) if done.returncode == 0 else None), said

    def admin(self, path, document):
        request = urllib.request.Request(
            self.mock.url + path, data=json.dumps(document).encode(), method="POST"
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=20
        ) as answer:
            return json.load(answer)

    def count(self):
        """Requests; the journal also has connections without one."""
        return self.admin("/__admin/requests/count", {"method": "POST"})["count"]


def check_fault(checks, caller, fault, reasons):
    caller.admin("/__admin/tls", {"fault": fault})
    before = caller.count()
    status, said = caller.call()
    checks.equal(f"{fault}: no answer", status, None)
    checks.that(f"{fault}: the reason", any(reason in said for reason in reasons), said[-600:])
    checks.equal(f"{fault}: no request was sent", caller.count(), before)
    checks.equal(f"{fault}: the next connection is answered", caller.call()[0], 200)


def test(suite):
    name = suite.rest[0]
    installed, words_of = CLIENTS[name]
    if not installed():
        print(f"SKIP: {name} is not installed, or too old")
        suite.close()
        sys.exit(SKIP)
    mock = suite.start("--https", "--ca-dir", suite.path("authority"))
    caller = Caller(suite, mock, words_of)
    status, said = caller.call()
    suite.checks.equal(f"the right certificate: {said[-300:]}", status, 200)
    for fault, reasons in REASONS.items():
        check_fault(suite.checks, caller, fault, reasons)
    mock.stop()


if __name__ == "__main__":
    main(test)
