"""A program with the vendor's URL built in, which `ailab-mock run` leads to a mock.

The last argument says which runtime, one of CALLERS. Each makes a right call, one that is refused, one whose
answer is cut by a reset, and one that meets an expired certificate. A runtime that is not installed
is skipped with its name and the reason (exit code 77), never passed.
"""
import json
import re
import shutil
import sys

from harness import KEY, SANITIZER_MARKS, main
from wire import PATH, form

SKIP = 77
URL = "https://www.ailabapi.com" + PATH
BOUNDARY = "run-callers"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
WITHOUT_TLS = {"axios"}  # it sends the whole URL to a proxy, and no TLS
UPDATES = {"packages.httpie.io:443"}  # httpie asks there at times

# Programs that take a key and the file of a body. They read the answer to its end, and print its
# status if they could.

HTTP_CLIENT = f"""
import http.client, sys
with open(sys.argv[2], "rb") as file:
    body = file.read()
connection = http.client.HTTPSConnection("www.ailabapi.com")
connection.request("POST", "{PATH}", body, {{"ailabapi-api-key": sys.argv[1], "Content-Type": "{KIND}"}})
answer = connection.getresponse()
answer.read()
print(answer.status)
"""

URLLIB = f"""
import sys, urllib.request
with open(sys.argv[2], "rb") as file:
    body = file.read()
headers = {{"ailabapi-api-key": sys.argv[1], "Content-Type": "{KIND}"}}
with urllib.request.urlopen(urllib.request.Request("{URL}", body, headers)) as answer:
    answer.read()
    print(answer.status)
"""

# Behind TLS, Python tells a reset from an end no more, and requests before urllib3 2 takes the half of
# an answer for the whole: so its length is looked at.
REQUESTS = f"""
import sys, requests
with open(sys.argv[2], "rb") as file:
    body = file.read()
headers = {{"ailabapi-api-key": sys.argv[1], "Content-Type": "{KIND}"}}
answer = requests.post("{URL}", data=body, headers=headers)
if len(answer.content) != int(answer.headers["Content-Length"]):
    sys.exit("half an answer")
print(answer.status_code)
"""

NODE = f"""
const [key, file] = process.argv.slice(1);
const headers = {{'ailabapi-api-key': key, 'Content-Type': '{KIND}'}};
const body = require('fs').readFileSync(file);
const fail = (error) => {{ console.error(error); process.exit(1); }};
"""

FETCH = f"""{NODE}
fetch('{URL}', {{method: 'POST', headers, body}})
  .then((answer) => answer.arrayBuffer().then(() => console.log(answer.status))).catch(fail);
"""

HTTPS = f"""{NODE}
require('https').request('{URL}', {{method: 'POST', headers, %s}}, (answer) => {{
  answer.on('error', fail).on('end', () => console.log(answer.statusCode)).resume();
}}).on('error', fail).end(body);
"""

AXIOS = f"""{NODE}
require('axios').post('{URL}', body, {{headers}}).then((answer) => console.log(answer.status)).catch(fail);
"""

PHP = f"""
$call = curl_init('{URL}');
curl_setopt_array($call, [CURLOPT_POST => 1, CURLOPT_RETURNTRANSFER => 1,
  CURLOPT_POSTFIELDS => file_get_contents($argv[2]),
  CURLOPT_HTTPHEADER => ['Content-Type: {KIND}', 'ailabapi-api-key: ' . $argv[1]]]);
if (curl_exec($call) === false) exit(1);
echo curl_getinfo($call, CURLINFO_HTTP_CODE), "\\n";
"""

RUBY = f"""
require 'net/http'
puts Net::HTTP.post(URI('{URL}'), File.binread(ARGV[1]),
  'Content-Type' => '{KIND}', 'ailabapi-api-key' => ARGV[0]).code
"""

JAVA = f"""
import java.net.URI;
import java.net.http.*;
import java.nio.file.*;

public class Call {{
  public static void main(String[] arguments) throws Exception {{
    var request = HttpRequest.newBuilder(URI.create("{URL}"))
      .header("Content-Type", "{KIND}").header("ailabapi-api-key", arguments[0])
      .POST(HttpRequest.BodyPublishers.ofFile(Path.of(arguments[1]))).build();
    System.out.println(HttpClient.newHttpClient()
      .send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode());
  }}
}}
"""

GO = f"""
package main

import ("fmt"; "io"; "net/http"; "os")

func main() {{
	body, _ := os.Open(os.Args[2])
	request, _ := http.NewRequest("POST", "{URL}", body)
	request.Header.Set("Content-Type", "{KIND}")
	request.Header.Set("ailabapi-api-key", os.Args[1])
	answer, err := http.DefaultClient.Do(request)
	if err == nil {{
		_, err = io.ReadAll(answer.Body)
	}}
	if err != nil {{
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}}
	fmt.Println(answer.StatusCode)
}}
"""

CURL = f"""exec curl --silent --show-error --header 'Content-Type: {KIND}' --header "ailabapi-api-key: $1" \
  --data-binary "@$2" --output /dev/null --write-out '%{{http_code}}' {URL}"""

WGET = f"""wget --tries=1 --output-document=/dev/null --quiet --server-response \
  --header='Content-Type: {KIND}' --header="ailabapi-api-key: $1" --post-file="$2" {URL} 2>"$2.log"
code=$?
sed -n 's,^ *HTTP/1.1 \\([0-9]*\\).*,\\1,p' "$2.log"
exit $code"""

# HTTPie is on requests, so the end of the JSON is looked for.
HTTPIE = f"""http --ignore-stdin --check-status --print=hb POST {URL} 'Content-Type:{KIND}' \
  "ailabapi-api-key:$1" @"$2" >"$2.log"
code=$?
tail -c 2 "$2.log" | grep -q '}}' || exit 1
sed -n 's,^HTTP/1.1 \\([0-9]*\\).*,\\1,p' "$2.log"
exit $code"""


def shell(text):
    return lambda suite: ["sh", "-c", text, "sh"]


def script(*words):
    return lambda suite: list(words)


def java(suite):
    source = suite.save("Call.java", JAVA.encode())
    suite.run(["javac", "-d", suite.folder, source], limit_s=60).check_returncode()
    return ["java", "-cp", suite.folder, "Call"]


def go(suite):
    source, program = suite.save("call.go", GO.encode()), suite.path("call")
    cache = {"GOCACHE": suite.path("go-cache"), "HOME": suite.folder, "CGO_ENABLED": "0"}
    built = suite.run(["go", "build", "-o", program, source], limit_s=100, environment=cache)
    built.check_returncode()
    return [program]


NODE_HAS = ["node", "-e"]
CALLERS = {  # a command that ends with 0 if the runtime is there, and what makes the caller's words
    "curl": (["curl", "--version"], shell(CURL)),
    "wget": (["wget", "--version"], shell(WGET)),
    "httpie": (["http", "--version"], shell(HTTPIE)),
    "http_client": (["true"], script(sys.executable, "-c", HTTP_CLIENT)),
    "urllib": (["true"], script(sys.executable, "-c", URLLIB)),
    "requests": ([sys.executable, "-c", "import requests"], script(sys.executable, "-c", REQUESTS)),
    "fetch": ([*NODE_HAS, "fetch"], script("node", "-e", FETCH)),
    "https": ([*NODE_HAS, ""], script("node", "-e", HTTPS % "")),
    "https_agent": (
        [*NODE_HAS, ""],
        script("node", "-e", HTTPS % "agent: new (require('https').Agent)({keepAlive: false})"),
    ),
    "axios": ([*NODE_HAS, "require('axios')"], script("node", "-e", AXIOS)),
    "php": (
        ["php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"],
        script("php", "-r", PHP, "--"),
    ),
    "ruby": (["ruby", "--version"], script("ruby", "-e", RUBY)),
    "java": (["javac", "--version"], java),
    "go": (["go", "version"], go),
}


class Called:
    """One call of the caller under `ailab-mock run`."""

    def __init__(self, suite, words, body, key=KEY, document="{}"):
        plan = suite.save("plan.json", document.encode())
        options = ["--scenarios", plan, "--handshake-timeout-ms", "60000"]
        done = suite.run(
            [suite.mock, "run", *options, "--", *words, key, body],
            limit_s=60,
            environment={"AILAB_MOCK_CA_DIR": suite.path("ca"), "HTTPIE_CONFIG_DIR": suite.folder},
        )
        self.err = done.stderr.decode()
        self.status = done.stdout.decode().strip()
        self.well = (done.returncode, self.status) == (0, "200")
        self.told = (done.returncode, self.status, self.err)
        found = [mark for mark in SANITIZER_MARKS if mark in done.stderr]
        suite.checks.equal(
            "no sanitizer complained, no key is told", (found, KEY in self.err), ([], False)
        )


def check_caller(suite, name, words):
    checks = suite.checks
    body = suite.save("body", form(suite.picture("portrait.jpg"), "12", BOUNDARY))
    right = Called(suite, words, body)
    checks.that(
        "a right call", right.well and "ailab-mock: 1 call: 1 x 200\n" in right.err, right.told
    )
    others = re.findall(r"  \d+ x (\S+:443)\n", right.err)
    checks.that("no other host is asked for", set(others) <= UPDATES, others)
    refused = Called(suite, words, body, "mock:ERROR_BLURRY_FACE")
    checks.that(
        "one that is refused",
        not refused.well and "1 x 422 ERROR_BLURRY_FACE" in refused.err,
        refused.told,
    )
    cut = Called(suite, words, body, "mock:reset-mid-answer")
    checks.that("an answer that a reset cuts", not cut.well and "no calls" not in cut.err, cut.told)
    if name in WITHOUT_TLS:
        checks.note(f"{name} speaks no TLS with a proxy: no certificate to be tried")
        return
    fault = json.dumps({"tls": [{"fault": "tls-expired", "connections": 100}]})
    expired = Called(suite, words, body, document=fault)
    checks.that(
        "a certificate that has ended",
        not expired.well and "no calls came to the mock" in expired.err,
        expired.told,
    )


def test(suite):
    name = suite.rest[0]
    wants, make = CALLERS[name]
    if not shutil.which(wants[0]) or suite.run(wants).returncode != 0:
        print(f"skipped: {name}: {' '.join(wants)} does not work here")
        suite.close()
        sys.exit(SKIP)
    suite.save("config.json", b'{"disable_update_warnings": true}')
    check_caller(suite, name, make(suite))


if __name__ == "__main__":
    main(test)
