"""One runtime that other people made trusts the mock's authority, told by nothing but the text that
`ailab-mock ca RUNTIME` prints, and refuses without it.

The argument after the usual ones is the runtime. One that is not installed is skipped with its name
(exit code 77); on a machine that says CI=true that is an error.
"""
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import urllib.request

from harness import main

SKIP = 77
CA = "ca dir"  # the blank is to be quoted
PATH = "/__admin/health"
HOST = "www.ailabapi.com"

PYTHON_URLLIB = """
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode(), end="")
"""
PYTHON_REQUESTS = """
import sys, requests
print(requests.get(sys.argv[1], timeout=20).text, end="")
"""
PYTHON_HTTPX = """
import sys, httpx
print(httpx.get(sys.argv[1], timeout=20).text, end="")
"""
PYTHON_NAMED = """
import os, socket, ssl, sys
plain = socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), timeout=20)
try:
    with ssl.create_default_context().wrap_socket(plain, server_hostname="HOST") as talk:
        talk.sendall(os.environ["REQUEST"].encode())
        print(talk.makefile().read(), end="")
except ssl.SSLCertVerificationError as error:
    sys.exit(f"{error.verify_code} {error.verify_message}")
""".replace(
    "HOST", HOST
)
NODE_FETCH = """
fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text));
"""
NODE_HTTPS = """
require("https").get(process.argv[1], (answer) => answer.pipe(process.stdout));
"""
NODE_NAMED = """
const port = process.env.PORT, path = "/__admin/health", headers = { host: "localhost" };
require("https").get({ host: "127.0.0.1", port, path, headers, servername: "HOST" },
    (answer) => answer.pipe(process.stdout))
    .on("error", (error) => { console.error(error.code); process.exit(1); });
""".replace(
    "HOST", HOST
)
PHP_CURL = """
$call = curl_init($argv[1]);
curl_setopt($call, CURLOPT_RETURNTRANSFER, true);
$text = curl_exec($call);
if ($text === false) { fwrite(STDERR, curl_error($call)); exit(1); }
echo $text;
"""
PHP_STREAM = "$text = file_get_contents($argv[1]); if ($text === false) exit(1); echo $text;"
RUBY = 'require "net/http"; print Net::HTTP.get(URI(ARGV[0]))'
PERL = """
use IO::Socket::SSL;
my $talk = IO::Socket::SSL->new(PeerAddr => "127.0.0.1", PeerPort => $ENV{PORT}) or die $SSL_ERROR;
print $talk $ENV{REQUEST};
print <$talk>;
"""
GO = """
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	io.Copy(os.Stdout, answer.Body)
}
"""
JAVA = """
import java.net.URI;
import java.net.URL;
import java.net.http.*;
import java.nio.file.*;

public class Trust {
    public static void main(String[] words) throws Exception {
        if (words[1].equals("client"))
            System.out.print(HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(words[0])).build(),
                HttpResponse.BodyHandlers.ofString()).body());
        else
            System.out.write(new URL(words[0]).openStream().readAllBytes());
        System.out.flush();
    }
}
"""


def has_module(name):
    return importlib.util.find_spec(name) is not None


def has_fetch():
    words = ["node", "-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"]
    return shutil.which("node") and subprocess.run(words, timeout=60, check=False).returncode == 0


def has_php_curl():
    words = ["php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"]
    return shutil.which("php") and subprocess.run(words, timeout=60, check=False).returncode == 0


def has_perl_ssl():
    words = ["perl", "-MIO::Socket::SSL", "-e", "1"]
    return (
        shutil.which("perl")
        and subprocess.run(words, timeout=60, check=False, stderr=subprocess.DEVNULL).returncode
        == 0
    )


def of_path(name):
    return lambda: shutil.which(name)


def script(text, *interpreter):
    return lambda suite: " ".join([*interpreter, "'" + text.replace("'", "'\\''") + "'", '"$URL"'])


def go_program(suite):
    """Compiled before the recipe holds, so that the compiler needs no home of ours."""
    source, program = suite.save("trust.go", GO.encode()), suite.path("trust-go")
    suite.run(
        ["go", "build", "-o", program, source],
        limit_s=300,
        environment={"HOME": suite.folder, "GOFLAGS": "-mod=mod"},
    ).check_returncode()
    return f'{program} "$URL"'


def java_program(how):
    def make(suite):
        source = suite.save("Trust.java", JAVA.encode())
        suite.run(["javac", "-d", suite.folder, source], limit_s=120).check_returncode()
        return f'java -cp {suite.folder} Trust "$URL" {how}'

    return make


# Before the recipe, in the same shell: a system of its own, a profile of Firefox.
OWN_SYSTEM = """
exec unshare --mount sh -c '
set -e
rm -rf "$HOME/certs" "$HOME/hooks" "$HOME/added"
cp -a /etc/ssl/certs "$HOME/certs"
cp -a /etc/ca-certificates "$HOME/hooks"
rm -rf "$HOME"/hooks/update.d/*
mkdir "$HOME/added"
mount --bind "$HOME/certs" /etc/ssl/certs
mount --bind "$HOME/hooks" /etc/ca-certificates
mount --bind "$HOME/added" /usr/local/share/ca-certificates
exec "$@"' sh "$@"
"""
OWN_PROFILE = """
profile=$HOME/.mozilla/firefox/test.default
[ -d "$profile" ] ||
    { mkdir -p "$profile" && certutil -N -d "sql:$profile" --empty-password; }
exec "$@"
"""
BEFORE = {"debian": OWN_SYSTEM, "alpine": OWN_SYSTEM, "firefox": OWN_PROFILE}


def nss(profile):
    return lambda _: (
        f'tstclnt -Q -h 127.0.0.1 -a {HOST} -p "$PORT" -d "sql:$HOME/{profile}" </dev/null'
        ' && echo \'"status":"ok"\''
    )


def has_namespaces():
    words = ["unshare", "--mount", "true"]
    return (
        shutil.which("update-ca-certificates")
        and os.geteuid() == 0
        and subprocess.run(words, timeout=60, check=False).returncode == 0
    )


CURL = "curl --silent --show-error --max-time 20"
CURL_NAMED = (
    f'{CURL} --header "Host: localhost" --resolve "{HOST}:$PORT:127.0.0.1" '
    f'"https://{HOST}:$PORT/__admin/health"'
)

# name: (recipe, whether it is installed, the command for $URL, or for $PORT and $REQUEST)
CLIENTS = {
    "curl": ("curl", of_path("curl"), lambda _: CURL_NAMED),
    "wget": (
        "wget",
        of_path("wget"),
        lambda _: 'wget --quiet --tries=1 --timeout=20 --output-document=- "$URL"',
    ),
    "httpie": ("httpie", of_path("http"), lambda _: 'http --ignore-stdin --body "$URL"'),
    "openssl": (
        "openssl",
        of_path("openssl"),
        lambda _: 'printf %s "$REQUEST" | openssl s_client -quiet -verify_return_error '
        '-verify_ip 127.0.0.1 -connect "127.0.0.1:$PORT" 2>/dev/null | grep status',
    ),
    "perl": ("openssl", has_perl_ssl, script(PERL, "perl", "-e")),
    "urllib": ("urllib", of_path("python3"), script(PYTHON_URLLIB, sys.executable, "-c")),
    "python": ("python", of_path("python3"), script(PYTHON_NAMED, sys.executable, "-c")),
    "requests": (
        "requests",
        lambda: has_module("requests"),
        script(PYTHON_REQUESTS, sys.executable, "-c"),
    ),
    "httpx": ("httpx", lambda: has_module("httpx"), script(PYTHON_HTTPX, sys.executable, "-c")),
    "node_fetch": ("node", has_fetch, script(NODE_FETCH, "node", "-e")),
    "node_https": ("node", of_path("node"), script(NODE_HTTPS, "node", "-e")),
    "node": ("node", of_path("node"), script(NODE_NAMED, "node", "-e")),
    "php_curl": ("php", has_php_curl, script(PHP_CURL, "php", "-r")),
    "php_stream": ("php", of_path("php"), script(PHP_STREAM, "php", "-r")),
    "ruby": ("ruby", of_path("ruby"), script(RUBY, "ruby", "-e")),
    "go": ("go", of_path("go"), go_program),
    "java_client": ("java", of_path("javac"), java_program("client")),
    "java_url": ("java", of_path("javac"), java_program("url")),
    "chrome": ("chrome", of_path("tstclnt"), nss(".pki/nssdb")),
    "firefox": ("firefox", of_path("tstclnt"), nss(".mozilla/firefox/test.default")),
    "debian": ("debian", has_namespaces, lambda _: CURL_NAMED),
    "alpine": ("alpine", has_namespaces, lambda _: CURL_NAMED),
}

# What a client says of a bad certificate.
FAULTS = {
    "curl": {
        "tls-expired": "60 certificate has expired",
        "tls-wrong-host": f"60 target host name '{HOST}'",
        "tls-untrusted": "60 unable to get local issuer certificate",
    },
    "python": {
        "tls-expired": "1 10 certificate has expired",
        "tls-wrong-host": "1 62 Hostname mismatch",
        "tls-untrusted": "1 20 unable to get local issuer certificate",
    },
    "node": {
        "tls-expired": "1 CERT_HAS_EXPIRED",
        "tls-wrong-host": "1 ERR_TLS_CERT_ALTNAME_INVALID",
        "tls-untrusted": "1 UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    },
}


def call(suite, mock, command, recipe=None):
    """Runs the command in a shell, after the recipe if there is one."""
    told = 'recipe=$("$MOCK" ca "$RECIPE" --ca-dir "$CA") && eval "$recipe" || exit 99\n'
    before = BEFORE.get(suite.rest[0])
    return suite.run(
        [
            *(["sh", "-c", before, "sh"] if before else []),
            *["sh", "-c", (told if recipe else "") + command],
        ],
        limit_s=90,
        environment={
            "HOME": suite.folder,
            "MOCK": suite.mock,
            "RECIPE": recipe or "",
            "CA": suite.path(CA),
            "URL": f"https://127.0.0.1:{mock.port}{PATH}",
            "PORT": str(mock.port),
            "REQUEST": f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        },
    )


def check_trust(suite, mock, recipe, command):
    done = call(suite, mock, command)
    suite.checks.that(
        "without the recipe it refuses",
        done.returncode not in (0, 99) and b"status" not in done.stdout,
        done,
    )
    done = call(suite, mock, command, recipe)
    suite.checks.that(
        f"after 'ailab-mock ca {recipe}' it trusts",
        done.returncode == 0 and b'"status":"ok"' in done.stdout,
        done,
    )


def arm(mock, fault):
    """For the next connections: some clients make more than one."""
    body = json.dumps({"fault": fault, "connections": 3}).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for method, content in (("DELETE", None), ("POST", body)):
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{mock.url}/__admin/tls", content, headers, method=method)
        opener.open(asked, timeout=20).read()


def check_faults(suite, mock, name, recipe, command):
    for fault, expected in FAULTS.get(name, {}).items():
        arm(mock, fault)
        done = call(suite, mock, command, recipe)
        code, _, words = expected.partition(" ")
        suite.checks.equal(f"{fault}: the exit code", done.returncode, int(code))
        suite.checks.that(f"{fault}: it says why", words in done.stderr.decode(), done.stderr)
        suite.checks.equal(f"{fault}: it took nothing", done.stdout, b"")


def test(suite):
    (name,) = suite.rest
    recipe, installed, make = CLIENTS[name]
    if not installed():
        print(f"SKIP: {name} is not installed")
        suite.close()
        sys.exit(1 if os.environ.get("CI") == "true" else SKIP)
    command = make(suite)
    mock = suite.start("--https", "--ca-dir", suite.path(CA))
    check_trust(suite, mock, recipe, command)
    check_faults(suite, mock, name, recipe, command)
    mock.stop()


if __name__ == "__main__":
    main(test)
