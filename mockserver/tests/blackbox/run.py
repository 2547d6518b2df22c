"""ailab-mock run: what the command gets, what becomes of it, and what is said at its end.

An argument says which part: command or isolated. Where the system forbids namespaces, isolated is
skipped with the reason (exit code 77), never passed.
"""
import base64
import json
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import sys

from harness import KEY, SANITIZER_MARKS, die_with_parent, main, plain_environment, until
from wire import PATH

URL = "https://www.ailabapi.com" + PATH
SKIP = 77

NO_CALL = "no calls came to the mock"


def surroundings(suite, more=None):
    temporary = suite.path("temporary")
    os.makedirs(temporary, exist_ok=True)
    return {"AILAB_MOCK_CA_DIR": suite.path("ca"), "TMPDIR": temporary, **(more or {})}


class Ran:
    """A run of its own to the end; leaves nothing in TMPDIR."""

    def __init__(self, suite, words, options=(), environment=None, **more):
        done = suite.run(
            [suite.mock, "run", *options, "--", *words],
            limit_s=60,
            environment=surroundings(suite, environment),
            **more,
        )
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()
        self.left = os.listdir(suite.path("temporary"))
        found = [mark for mark in SANITIZER_MARKS if mark in done.stderr]
        if self.left or found:
            suite.checks.that(
                f"{words}: nothing is left, no complaint", False, (self.left, self.err)
            )


def curl(suite, *more, url=URL, key=KEY):
    """The documented call, not one character changed but the key and the picture."""
    return [
        *("curl", "--silent", "--show-error", "--request", "POST", "--url", url),
        *("--header", "Content-Type: multipart/form-data", "--header", f"ailabapi-api-key: {key}"),
        *("--form", "service_choice=12"),
        *("--form", f"image_target=@{suite.picture_path('portrait.jpg')}"),
        *more,
    ]


def check_documented_call(suite):
    ran = Ran(suite, curl(suite))
    image = base64.b64decode(json.loads(ran.out)["data"]["image"])
    suite.checks.equal("the documented call: exit code", ran.code, 0)
    suite.checks.equal("its picture", suite.describe(image), "JPEG 512x512")
    suite.checks.equal("its summary", ran.err, "ailab-mock: 1 call: 1 x 200\n")


def check_exit_codes(suite):
    checks = suite.checks
    plain = suite.save("plain", b"no program")
    script = suite.save("script", b"exit 7\n")
    os.chmod(script, 0o755)
    for words, code in (
        (["true"], 0),
        (["sh", "-c", "exit 5"], 5),
        (["sh", "-c", "exit 255"], 255),
        (["sh", "-c", "kill -KILL $$"], 137),
        (["sh", "-c", "kill -TERM $$"], 143),
        ([script], 7),
        (["no-such-program"], 127),
        ([suite.path("no/such/file")], 127),
        ([plain], 126),
        ([suite.folder], 126),
    ):
        ran = Ran(suite, words, environment={"PATH": "/usr/bin:/bin"})  # folders that can be read
        checks.equal(f"exit code of {words[-1]!r}", (ran.code, ran.out), (code, b""))
        said = NO_CALL if code not in (126, 127) else f"cannot run '{words[0]}': "
        checks.that("one line says it", said in ran.err and ran.err.count("\n") == 1, ran.err)
    done = suite.run(
        [suite.mock, "run", "sh", "-c", "echo $#", "sh", "--port", "--", "-x"],
        environment=surroundings(suite),
    )
    checks.equal(
        "the options of the command are its own", (done.returncode, done.stdout), (0, b"3\n")
    )
    done = suite.run(
        [suite.mock, "run", "--", "true"], environment={"AILAB_MOCK_CA_DIR": "/proc/no/such"}
    )
    checks.equal("no place for the certificates", (done.returncode, done.stdout), (3, b""))
    checks.that("it says so", b"--ca-dir" in done.stderr, done.stderr)


def check_streams(suite):
    bytes_of_all = bytes(range(256)) * 400
    ran = Ran(suite, ["cat"], input=bytes_of_all)
    suite.checks.equal("standard input and output are the command's", ran.out == bytes_of_all, True)
    ran = Ran(suite, ["sh", "-c", "echo out; echo err >&2; exec <&- >&- 2>&-; exit 4"])
    suite.checks.equal("a command that closes its streams", (ran.code, ran.out), (4, b"out\n"))
    suite.checks.that("the summary comes last", ran.err.startswith("err\nailab-mock: "), ran.err)
    ran = Ran(suite, ["true"], ["--quiet"])
    suite.checks.equal("--quiet", (ran.code, ran.out, ran.err), (0, b"", ""))


STATE = """
import os, resource, signal
rows = dict(l.split(':\\t') for l in open('/proc/self/status') if l.startswith('Sig'))
print(rows['SigBlk'].strip(), int(rows['SigIgn'], 16) & ~(1 << 24), os.getpgid(0) == os.getpgid(os.getppid()),
      resource.getrlimit(resource.RLIMIT_NOFILE)[0],
      sorted(int(n) for n in os.listdir('/proc/self/fd') if int(n) > 2 and os.path.exists('/proc/self/fd/' + n)))
"""


def check_state(suite):
    """The command finds signals, limits and files as if it had been started without us."""
    soft = min(256, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    # Python itself ignores SIGPIPE and SIGXFSZ: the shell shows what it was given.
    shell = f"ulimit -Sn {soft}; " + '"$0" run --quiet -- "$@"; trap - PIPE'
    words = ["sh", "-c", shell, suite.mock, sys.executable, "-c", STATE]
    done = suite.run(words, environment=surroundings(suite))
    got = done.stdout.decode().split(None, 4)
    suite.checks.equal(
        "blocked signals, process group, open files, files",
        [got[0], got[2], got[3], got[4].strip()],
        ["0" * 16, "True", str(soft), "[]"],
    )
    show = ["sh", "-c", "kill -PIPE $$; echo ignored"]
    suite.checks.equal("SIGPIPE ends the command", Ran(suite, show).code, 128 + signal.SIGPIPE)


def check_environment(suite):
    ran = Ran(suite, ["env"], environment={"NO_PROXY": "*", "NODE_OPTIONS": "--no-warnings"})
    got = dict(line.split("=", 1) for line in ran.out.decode().splitlines() if "=" in line)
    checks = suite.checks
    url = got["AILAB_BASE_URL"]
    checks.that("AILAB_BASE_URL", re.fullmatch(r"http://127\.0\.0\.1:\d+", url), url)
    checks.equal("AILAB_API_KEY where it is unset", got["AILAB_API_KEY"], "any-key")
    for name in ("http_proxy", "HTTPS_PROXY", "https_proxy", "all_proxy"):
        checks.equal(name, got[name], url)
    checks.equal("NO_PROXY of the user is not kept", got["NO_PROXY"], "localhost,127.0.0.1,::1")
    checks.that("NODE_OPTIONS is kept", got["NODE_OPTIONS"].startswith("--no-warnings --require "))
    for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"):
        checks.that(f"{name} is a file", os.path.isfile(got[name]), got[name])
    show = ["sh", "-c", 'echo "$AILAB_API_KEY"']
    for why, options, environment, expected in (
        ("of the user", [], {"AILAB_API_KEY": KEY}, KEY),
        ("the first that is accepted", ["--api-key", "one", "--api-key", KEY], {}, "one"),
    ):
        ran = Ran(suite, show, options, environment)
        checks.equal(f"AILAB_API_KEY: {why}", ran.out.decode(), expected + "\n")
        checks.that("it is not told", KEY not in ran.err and NO_CALL in ran.err, ran.err)
    ran = Ran(
        suite,
        [
            suite.command,
            "edit",
            "--expression",
            "big-grin",
            "--output",
            "-",
            suite.picture_path("portrait.jpg"),
        ],
        environment={"AILAB_PROXY": "http://192.0.2.1:1"},
    )
    checks.equal(
        "our own client comes to the mock",
        (ran.code, ran.err[-28:]),
        (0, "ailab-mock: 1 call: 1 x 200\n"),
    )


CATCH = """
import signal, sys
number = getattr(signal, sys.argv[1])
signal.pthread_sigmask(signal.SIG_BLOCK, [number])
print('ready', flush=True)
print(signal.sigwaitinfo([number]).si_signo == number, flush=True)
sys.exit(9)
"""


def read_line(process, suite):
    if not select.select([process.stdout], [], [], 20 * suite.patience)[0]:
        raise RuntimeError("the command printed nothing in time")
    return process.stdout.readline()


def start_of_shell():
    """As a shell starts a job: in a process group of its own, which may be stopped."""
    die_with_parent()
    os.setpgid(0, 0)


def start(suite, words):
    return subprocess.Popen(
        [suite.mock, "run", "--", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=start_of_shell,
        env=plain_environment(surroundings(suite)),
    )


def check_signals(suite):
    checks = suite.checks
    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"):
        process = start(suite, [sys.executable, "-c", CATCH, name])
        read_line(process, suite)
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=20 * suite.patience)
        checks.equal(f"{name} is passed on", (process.returncode, out), (9, b"True\n"))
        checks.equal("and nothing is left", os.listdir(suite.path("temporary")), [])
    process = start(suite, ["sh", "-c", "echo ready; exec cat"])
    process.stdin = None
    read_line(process, suite)
    process.wait(20 * suite.patience)
    checks.equal("a command whose input ends", process.returncode, 0)
    process.communicate()
    process = start(
        suite, [sys.executable, "-c", "import signal; print(1, flush=True); signal.pause()"]
    )
    read_line(process, suite)
    process.terminate()
    process.communicate(timeout=20 * suite.patience)
    checks.equal("a command that SIGTERM kills", process.returncode, 128 + signal.SIGTERM)


def state_of(process):
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0]


def check_stop_and_go(suite):
    """SIGTSTP stops both, as a terminal's Ctrl-Z does; SIGCONT lets both go on."""
    process = start(suite, ["sh", "-c", "echo $$; read line < " + suite.path("fifo") + "; exit 6"])
    child = int(read_line(process, suite))
    process.send_signal(signal.SIGTSTP)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    suite.checks.that("run stops", os.WIFSTOPPED(status), status)
    suite.checks.equal("and so does the command", until(lambda: state_of(child) == "T", 20), True)
    process.send_signal(signal.SIGCONT)
    with open(suite.path("fifo"), "w", encoding="ascii") as fifo:
        fifo.write("\n")
    process.communicate(timeout=20 * suite.patience)
    suite.checks.equal("both go on", process.returncode, 6)


def check_wishes(suite):
    checks = suite.checks
    call, wrong = curl(suite), curl(suite, key="mock:ERROR_BLURRY_FACE")
    unexpected = ["curl", "--silent", "--request", "POST", "--url", URL]
    for why, words, options, code, said in (
        ("as many calls as wanted", call, ["--min-calls", "1"], 0, "1 x 200"),
        ("fewer", call, ["--min-calls", "2", "--quiet"], 1, "--min-calls 2: the command made 1; "),
        ("none", ["true"], ["--min-calls", "1"], 1, "--min-calls 1: the command made 0; "),
        (
            "the command's own failure counts more",
            ["sh", "-c", "exit 8"],
            ["--min-calls", "1"],
            8,
            NO_CALL,
        ),
        (
            "an error that was asked for",
            wrong,
            ["--fail-on-unexpected"],
            0,
            "422 ERROR_BLURRY_FACE",
        ),
        ("one that was not", unexpected, ["--fail-on-unexpected"], 1, "ERROR_USER_NOT_EXISTS"),
        ("the same, unless asked", unexpected, [], 0, "header ailabapi-api-key: missing"),
        ("no scenario at all", wrong, ["--fail-on-unexpected", "--strict"], 0, "1 x 200"),
    ):
        ran = Ran(suite, words, options)
        checks.that(
            f"{why}: exit code {code}", ran.code == code and said in ran.err, (ran.code, ran.err)
        )
        checks.that("no key is told", KEY not in ran.err, ran.err)
    ran = Ran(suite, call, ["--log", "json"])
    checks.equal("--log is off unless asked for", json.loads(ran.err.split("\n")[0])["status"], 200)
    document = suite.save(
        "plan.json",
        b'{"scenarios": [{"name": "x", "match": {}, "steps": [{"error": "ERROR_BLURRY_FACE"}]}]}',
    )
    ran = Ran(suite, call, ["--scenarios", document, "--revision", "2026-05"])
    checks.that("options of serving", "1 x 422 ERROR_BLURRY_FACE" in ran.err, ran.err)
    broken = suite.save("broken.json", b"[")
    ran = Ran(suite, ["touch", suite.path("was-run")], ["--scenarios", broken])
    checks.that("a wrong document", ran.code == 2 and broken in ran.err, (ran.code, ran.err))
    checks.equal("then the command does not start", os.path.exists(suite.path("was-run")), False)


def check_other_hosts(suite):
    checks = suite.checks
    other = ["curl", "--silent", "--show-error", "https://api.example.com/v1"]
    ran = Ran(suite, other)
    checks.that("another host is refused", ran.code == 56 and "403" in ran.err, (ran.code, ran.err))
    checks.that(
        "and named", "other hosts" in ran.err and "1 x api.example.com:443" in ran.err, ran.err
    )
    ran = Ran(suite, ["sh", "-c", '"$@"; true', "sh", *other], ["--fail-on-unexpected"])
    checks.equal("--fail-on-unexpected sees it", ran.code, 1)
    ran = Ran(
        suite, ["curl", "--silent", "--output", "/dev/null", "http://api.example.com/v1?secret=1"]
    )
    checks.that("without TLS too", "1 x api.example.com\n" in ran.err, ran.err)
    untrusting = curl(suite, "--cacert", "/etc/ssl/certs/ca-certificates.crt")
    if os.path.isfile(untrusting[-1]):
        ran = Ran(suite, untrusting)
        checks.that(
            "a client that does not trust the certificate",
            ran.code == 60
            and "connections that brought no call:" in ran.err
            and "trust" in ran.err,
            (ran.code, ran.err),
        )


BACKGROUND = (
    """
url=$AILAB_BASE_URL
curl --silent --output /dev/null --header 'ailabapi-api-key: slow' --form service_choice=12 \
  --form image_target=@"$1" "$url%s" &
until curl --silent "$url/metrics" | grep -q '^ailab_mock_requests_in_flight [1-9]'; do :; done
"""
    % PATH
)


def check_background(suite):
    """A call of a child that outlives the command is waited for, and counted."""
    plan = {
        "scenarios": [
            {
                "name": "slow",
                "match": {"api_key": "slow"},
                "steps": [{"delay": 1500 * suite.patience}],
            }
        ]
    }
    document = suite.save("slow.json", json.dumps(plan).encode())
    limit = str(10000 * suite.patience)
    ran = Ran(
        suite,
        ["sh", "-c", BACKGROUND, "sh", suite.picture_path("portrait.jpg")],
        ["--scenarios", document, "--drain-timeout-ms", limit],
    )
    suite.checks.that("it is told", "1 of its calls are still running" in ran.err, ran.err)
    suite.checks.that("and counted", "1 call: 1 x 200" in ran.err, (ran.code, ran.err))


# --isolate

ISOLATED = """
import errno, os, socket
print(sorted(name for name in os.environ if 'proxy' in name.lower() or name == 'NODE_OPTIONS'))
print(os.getuid(), os.getgid())
for address in (('192.0.2.1', 443), ('2001:db8::1', 443)):
    try:
        socket.create_connection(address, 5)
    except OSError as error:
        print(errno.errorcode[error.errno])
print(socket.gethostbyname('any.ailabapi.com'), socket.gethostbyname(socket.gethostname()))
name = b''.join(bytes([len(l)]) + l for l in (b'www', b'AiLabApi', b'com')) + b'\\0'
question = b'\\1\\2\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0' + name + b'\\0\\34\\0\\1'
with socket.create_connection(('127.0.0.1', 53), 5) as server:
    server.sendall(len(question).to_bytes(2, 'big') + question)
    print(server.makefile('rb').read()[-16:] == bytes(15) + b'\\1')
open(os.environ['MADE'], 'w').close()
""".replace(
    "\\\\", "\\"
)


def check_isolated_view(suite):
    with open("/etc/hosts", "rb") as file:
        before = file.read()
    made = suite.path("made")
    ran = Ran(
        suite,
        [sys.executable, "-c", ISOLATED],
        ["--isolate"],
        {"MADE": made, "HTTPS_PROXY": "http://192.0.2.1:1"},
    )
    suite.checks.equal(
        "variables, user, other addresses, names, names by TCP",
        (ran.code, ran.out.decode().splitlines()),
        (
            0,
            [
                "[]",
                f"{os.getuid()} {os.getgid()}",
                "ENETUNREACH",
                "ENETUNREACH",
                "127.0.0.1 127.0.0.1",
                "True",
            ],
        ),
    )
    suite.checks.equal("a file that it makes is the user's", os.stat(made).st_uid, os.getuid())
    with open("/etc/hosts", "rb") as file:
        suite.checks.equal("outside nothing has changed", file.read(), before)


def check_isolated_calls(suite):
    checks = suite.checks
    ran = Ran(suite, curl(suite, "--noproxy", "*"), ["--isolate"])
    checks.equal(
        "the documented call: exit code", (ran.code, ran.err), (0, "ailab-mock: 1 call: 1 x 200\n")
    )
    image = base64.b64decode(json.loads(ran.out)["data"]["image"])
    checks.equal("its picture", suite.describe(image), "JPEG 512x512")
    if os.path.exists("/etc/ssl/certs/ca-certificates.crt"):
        bare = ["env", "-u", "CURL_CA_BUNDLE", "-u", "SSL_CERT_FILE"]
        ran = Ran(suite, [*bare, *curl(suite)], ["--isolate", "--min-calls", "1"])
        checks.equal("by the system's certificates alone", ran.code, 0)
    caller = suite.rest[1]
    ran = Ran(suite, [caller, "www.ailabapi.com", "/x"], ["--isolate", "--min-calls", "1"])
    checks.equal("a static program", (ran.code, ran.out), (0, b"HTTP/1.1 404 Not Found\n"))
    checks.that("its call is shown", "1 x GET /x: 404" in ran.err, ran.err)
    ran = Ran(
        suite,
        ["sh", "-c", '"$@"; true', "sh", caller, "api.example.com", "/"],
        ["--isolate", "--fail-on-unexpected"],
    )
    checks.equal(
        "a static program that asks for another host", (ran.code, ran.out), (1, b"no such name\n")
    )
    checks.that("is shown", "1 x api.example.com\n" in ran.err, ran.err)
    checks.equal("exit codes", Ran(suite, ["sh", "-c", "exit 9"], ["--isolate"]).code, 9)
    ran = Ran(suite, ["true"], ["--isolate"], {"TMPDIR": "/proc"})
    checks.equal("a TMPDIR that takes no files", ran.code, 3)
    checks.that("and why", "/proc/" in ran.err and "TMPDIR names another" in ran.err, ran.err)


FORBID = """
echo 0 >/proc/sys/user/max_net_namespaces && echo 0 >/proc/sys/user/max_user_namespaces || exit 9
exec "$@"
"""


def check_isolation_forbidden(suite):
    """In a namespace of its own the limits can be set; outside they stay."""
    words = [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        FORBID,
        "sh",
        suite.mock,
        "run",
        "--isolate",
    ]
    if not shutil.which("unshare"):
        suite.checks.note("no unshare: not tried where it is forbidden")
        return
    mark = suite.path("was-isolated")
    done = suite.run([*words, "touch", mark], environment=surroundings(suite))
    if done.returncode == 9:
        suite.checks.note("the limits cannot be set here: not tried where it is forbidden")
        return
    said = done.stderr.decode()
    suite.checks.equal("forbidden: exit code", (done.returncode, os.path.exists(mark)), (3, False))
    suite.checks.that(
        "it says why, and what to do",
        "--isolate: the system refused new namespaces" in said
        and "max_user_namespaces" in said
        and "Without --isolate" in said,
        said,
    )


def check_isolated(suite):
    ran = Ran(suite, ["true"], ["--isolate"])
    if ran.code == 3:
        print(f"skipped: {ran.err}")
        suite.close()
        sys.exit(SKIP)
    check_isolated_view(suite)
    check_isolated_calls(suite)
    check_isolation_forbidden(suite)


def check_command(suite):
    os.mkfifo(suite.path("fifo"))
    check_documented_call(suite)
    check_exit_codes(suite)
    check_streams(suite)
    check_state(suite)
    check_environment(suite)
    check_signals(suite)
    check_stop_and_go(suite)
    check_wishes(suite)
    check_other_hosts(suite)
    check_background(suite)


PARTS = {"command": check_command, "isolated": check_isolated}


if __name__ == "__main__":
    main(lambda suite: PARTS[suite.rest[0]](suite))
