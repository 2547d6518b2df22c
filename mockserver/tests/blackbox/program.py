"""The program from outside: its words, its options, its exit codes.

A request is sent only to see that an option took hold; what is answered is the subject of the other
files. The list of options is read from options.def, so that a new row is tested at once.
"""
import json
import os
import re
import socket
import stat
import subprocess
import threading

from harness import KEY, Mock, main, until
from wire import form, head_of, request, summary, talk

OK = (200, "")
NO_KEY = (401, "ERROR_USER_NOT_EXISTS")

# The bounds that options.def names instead of typing them, as users meet them.
NAMED_BOUNDS = {
    "JOURNAL_ENTRIES_MAX": 100000,
    "JOURNAL_BYTES_MIN": 65536,
    "JOURNAL_BYTES_MAX": 1073741824,
    "LIMIT_IMAGE_BYTES_MAX": 5242880,
    "AILAB_MOCK_BODY_BYTES_MAX": 1073741824,
    "AILAB_MOCK_CONNECTIONS_MAX": 1024,
}


def bound_of(fields, bound):
    written = (re.search(rf"\.{bound} = (\w+)", fields) or [0, "0"])[1]
    return int(written) if written.isdigit() else NAMED_BOUNDS[written]


def option_rows(suite):
    """(flag, kind, minimum, maximum, commands) of each row of options.def, read as text."""
    path = os.path.join(suite.source, "mockserver", "cli", "options.def")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    rows = []
    for name, kind, fields in re.findall(r"^OPTION\((\w+), (\w+),(.*?)\)$", text, re.M | re.S):
        low, high = (0, 0)
        if kind in ("WHOLE", "MAYBE"):
            low, high = bound_of(fields, "minimum"), bound_of(fields, "maximum")
        commands = (re.search(r'\.commands = "(.*?)"', fields) or [0, ". run"])[1].split()
        rows.append(("--" + name.replace("_", "-"), kind, low, high, commands))
    return rows


def outcome(suite, *words, environment=None):
    done = suite.run([suite.mock, *words], limit_s=5, environment=environment)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_help(suite):
    checks = suite.checks
    code, out, err = outcome(suite, "--help")
    checks.equal("--help: exit code and stderr", (code, err), (0, ""))
    rows = option_rows(suite)
    checks.that("options.def has rows", len(rows) >= 15, rows)
    for command in (".", "run", "ca", "health"):
        shown = out if command == "." else outcome(suite, "help", command)[1]
        checks.equal(
            f"the help of {command} lists its options once, in order",
            re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", shown, re.M),
            [row[0] for row in rows if command in row[4]] + ["--help", "--version"],
        )
    wide = [line for line in out.split("\n") if len(line) > 80]
    checks.equal("no line of --help is over 80 columns", wide, [])
    checks.equal(
        "no line of --help ends with a blank",
        [line for line in out.split("\n") if line != line.rstrip()],
        [],
    )
    for words in (
        ["help"],
        ["-h"],
        ["--port", "0", "--help"],
        ["--nonsense", "--help"],
        ["--nonsense", "-h"],
    ):
        checks.equal(f"{' '.join(words)}: the same text", outcome(suite, *words), (0, out, ""))
    for words in (["--version"], ["version"]):
        code, out, err = outcome(suite, *words)
        checks.that(
            f"{words[0]}: one line",
            code == 0 and not err and re.fullmatch(r"ailab-mock \d+\.\d+\.\d+\n", out),
            (code, out, err),
        )


def check_open(suite):
    """--open: the desktop gets the console's address; without a desktop the log has it alone."""
    checks = suite.checks
    folder = suite.path("desktop")
    os.mkdir(folder)
    opened = suite.path("opened")
    with open(os.path.join(folder, "xdg-open"), "w", encoding="ascii") as file:
        file.write(f'#!/bin/sh\nprintf %s "$1" >"{opened}.new" && mv "{opened}.new" "{opened}"\n')
    os.chmod(os.path.join(folder, "xdg-open"), 0o755)
    for path, words in (
        (folder + ":/usr/bin:/bin", b"the console is at "),
        (suite.path("no-tools"), b"no browser can be opened"),
    ):
        mock = suite.start("--open", environment={"PATH": path})
        address = mock.url + "/__admin/"
        log = until(lambda: words in mock.log() and address.encode() in mock.log())
        checks.that(f"--open: the log says {words.decode()!r}", log, mock.log())
        if path.startswith(folder):
            checks.that("--open: the browser is asked", until(lambda: os.path.exists(opened)))
            with open(opened, encoding="ascii") as file:
                checks.equal("--open: for the console", file.read(), address)
        mock.stop()
    mock = Mock(suite, ("--open", "--listen", "unix:" + suite.path("socket")), port=None)
    suite.running.append(mock)
    checks.that(
        "--open: not without a port",
        until(lambda: b"needs an address with a port" in mock.log()),
        mock.log(),
    )
    mock.signal()
    checks.equal("--open: which is no fault", mock.wait(), 0)
    code, _, err = outcome(suite, "--open", "--no-admin")
    checks.that("--open: not where there is none", code == 2 and "--no-admin" in err, (code, err))


def check_commands(suite):
    checks = suite.checks
    for name in ("contract", "openapi"):
        code, out, err = outcome(suite, name)
        checks.equal(f"{name}: exit code and stderr", (code, err), (0, ""))
        path = os.path.join(suite.source, "fixtures", name + ".json")
        with open(path, encoding="utf-8") as file:
            checks.that(
                f"{name}: what is checked in",
                json.loads(out) == json.load(file),
                f"differs from fixtures/{name}.json: run ci/update-fixtures",
            )
    code, out, err = outcome(suite, "errors")
    lines = out.splitlines()
    with open(os.path.join(suite.source, "fixtures", "pins.h"), encoding="utf-8") as file:
        codes = int(re.search(r"PINNED_CODES (\d+)", file.read()).group(1))
    checks.equal("errors: one line a code", (code, len(lines), err), (0, codes, ""))
    row = re.compile(r"([45]\d\d)  ([A-Z][A-Z0-9_]+) +  \S.*")
    wrong = [line for line in lines if not row.fullmatch(line)]
    checks.equal("errors: status, code, description", wrong, [])
    checks.equal("errors: each code once", len({line.split()[1] for line in lines}), codes)
    with open(
        os.path.join(suite.source, "mockserver", "src", "api", "rules.def"), encoding="utf-8"
    ) as file:
        rules = re.findall(r"^MOCK_RULE\((\w+),", file.read(), re.M)
    code, out, err = outcome(suite, "rules")
    checks.equal(
        "rules: in their order",
        (code, [line.split()[0] for line in out.splitlines()], err),
        (0, rules, ""),
    )


def check_usage(suite):
    """Exit code 2, one line on stderr that says what was wrong, nothing on stdout."""
    missing = suite.path("no-such-file")
    text = suite.save("text", b"not a picture")
    cut = suite.save("cut.jpg", suite.picture("portrait.jpg")[:3000])
    rows = [
        (["--prot", "1"], "did you mean --port?"),
        (["--api-keys", "x"], "did you mean --api-key?"),
        (["--trust-image"], "did you mean --trust-images?"),
        (["--completely-different"], "unknown option '--completely-different'"),
        (["-p", "1"], "unknown option '-p'"),
        (["serve"], "unknown command 'serve'"),
        (["contarct"], "did you mean contract?"),
        (["contract", "x"], "one argument too many: 'x'"),
        (["contract", "--port", "0"], "--port is no option of 'ailab-mock contract'"),
        (["cue", "x"], "usage: ailab-mock cue NAME IN OUT"),
        (["--port", "0", "--listen", "127.0.0.1:0"], "--listen and --port"),
        (["--revision", "2024-01"], "2026-01"),
        (["--revision", ""], "2026-01"),
        (["--result", missing], missing),
        (["--result", text], text),
        (["--result", suite.folder], "Is a directory"),
        (["--result", cut], cut),
        (["--log", "loud"], "text, json or off"),
        (["--without-rule", "no_such_rule"], "--without-rule: rule 'no_such_rule' is not known; 'ai"),
        (["--without-rule", "choice_scpoe"], "did you mean choice_scope? 'ailab-mock rules'"),
        (["--trust-images=yes"], "expected 1 or 0"),
        (["--listen", "localhost"], "localhost"),
        (["--listen", "127.0.0.1"], "127.0.0.1"),
        (["--listen", "127.0.0.1:65536"], "65536"),
        (["--listen", "127.0.0.1:80s"], "80s"),
        (["--listen", "127.0.0.1:x"], "127.0.0.1:x"),
        (["--listen", "::1:0"], "[::1]"),
        (["--listen", ""], "--listen: listen address ''"),
        (["--result", missing], f"--result: result '{missing}'"),
        (["--api-key", ""], "--api-key: API key number 1 is empty"),
        (["--api-key", "good", "--api-key", "a b"], "API key number 2 cannot be sent"),
        (["--api-key", "k\u00e4se"], "visible ASCII"),
        (["--api-key", "tab\t"], "visible ASCII"),
        (["--api-key", "k" * 256], "1 to 255"),
        (["--port"], "--port needs a value: --port N"),
        (["run"], "usage: ailab-mock run [OPTION]... [--] COMMAND"),
        (["run", "--"], "usage: ailab-mock run"),
        (["run", "--port", "0", "--", "true"], "--port is no option of 'ailab-mock run' but of 'ail"),
        (["run", "--min-call", "1", "true"], "did you mean --min-calls?"),
        (["--min-calls", "1"], "--min-calls is no option of 'ailab-mock' but of 'ailab-mock run'"),
        (["ca", "pyton"], "did you mean python?"),
        (["ca", "cobol"], "no recipe for 'cobol'; 'ailab-mock ca' lists them"),
        (["ca", "go", "java"], "one argument too many: 'java'"),
        (["ca", "--path", "java"], "--path and --remove go without a RUNTIME"),
        (["ca", "--path", "--remove"], "--path and --remove"),
        (["ca", "--port", "0"], "--port is no option of 'ailab-mock ca'"),
        (["health", "--listen", "127.0.0.1:0"], "a mock on port 0 has a port that"),
        (["health", "--listen", "somewhere"], "listen address 'somewhere'"),
        (["--path"], "--path is no option of 'ailab-mock' but of 'ailab-mock ca'"),
    ]
    for flag, kind, low, high, _ in option_rows(suite):
        if kind == "MAYBE":
            for value in ("", "x", "+8443", "1.5", str(high + 1), "9" * 30):
                rows.append(([f"{flag}={value}"], f"from {low} to {high}, or 1 or 0"))
        if kind == "WHOLE":
            for value in (
                "",
                "x",
                "1x",
                " 1",
                "\t1",
                "+1",
                "1 ",
                "1.5",
                "0x10",
                "9" * 30,
                str(low - 1),
                str(high + 1),
            ):
                rows.append(([flag, value], f"from {low} to {high}"))
        if kind not in ("SWITCH", "MAYBE"):
            rows.append(([flag], f"{flag} needs a value"))
    for words, part in rows:
        if not {"--port", "--listen", "contract", "cue", "run", "ca"}.intersection(words):
            words = ["--port", "0", *words]  # should it start after all
        check_refusal(suite, words, 2, part)


def check_refusal(suite, words, expected, part, environment=None):
    try:
        code, out, err = outcome(suite, *words, environment=environment)
    except subprocess.TimeoutExpired as error:  # it serves
        code, out, err = type(error).__name__, "", ""
    good = (
        code == expected
        and out == ""
        and err.startswith("ailab-mock: ")
        and err.count("\n") == 1
        and part in err
    )
    shown = " ".join(word.replace(suite.folder, "") or "''" for word in words)
    if environment:
        shown += " " + " ".join(f"{k}={v}" for k, v in environment.items())
    suite.checks.that(f"exit code {expected}: {shown!r}", good, f"{code} {out!r} {err!r}")


def check_unavailable(suite):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        check_refusal(suite, ["--port", str(port)], 3, f"127.0.0.1:{port}")
        check_refusal(suite, ["--port", str(port)], 3, "is another program using the port?")
    if os.path.exists("/proc/net/if_inet6"):
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
            port = taken.getsockname()[1]
            check_refusal(suite, ["--port", str(port)], 3, f"cannot listen on [::1]:{port}: ")
    check_refusal(
        suite, ["--listen", "192.0.2.1:0"], 3, "192.0.2.1:0: Cannot assign requested address\n"
    )
    for path in (suite.path("no/such/folder/port"), "/proc/port", suite.folder, ""):
        check_refusal(suite, ["--port", "0", "--port-file", path], 3, "cannot write")
    suite.checks.equal(
        "and leaves nothing behind",
        [n for n in os.listdir(suite.folder) if "." in n and "cut" not in n],
        [],
    )


def check_environment(suite):
    """Every option has its variable; a flag wins; a refusal names the variable."""
    for flag, kind, low, high, commands in option_rows(suite):
        of_run = "." not in commands
        variable = "AILAB_MOCK_" + flag[2:].upper().replace("-", "_")
        if kind == "WHOLE":
            words = [] if flag == "--port" else ["run", "true"] if of_run else ["--port", "0"]
            check_refusal(suite, words, 2, f"{variable} 'x'", {variable: "x"})
        if kind in ("SWITCH", "MAYBE") and commands != ["ca"]:  # those have no variable
            words = ["run", "true"] if of_run else ["--port", "0"]
            check_refusal(suite, words, 2, f"{variable} 'yes'", {variable: "yes"})
    for variable, value, part in (
        ("REVISION", "x", "AILAB_MOCK_REVISION 'x'"),
        ("LOG", "x", "text, json or off"),
        ("RESULT", "/no/such", "AILAB_MOCK_RESULT: result '/no/such'"),
        ("WITHOUT_RULE", "a,b", "AILAB_MOCK_WITHOUT_RULE: rule 'a'"),
        ("LISTEN", "x", "AILAB_MOCK_LISTEN: listen address 'x'"),
        ("API_KEY", "a,b c", "AILAB_MOCK_API_KEY: API key number 2 cannot"),
    ):
        words = [] if variable == "LISTEN" else ["--port", "0"]
        check_refusal(suite, words, 2, part, {"AILAB_MOCK_" + variable: value})
    both = {"AILAB_MOCK_LISTEN": "127.0.0.1:0", "AILAB_MOCK_PORT": "0"}
    check_refusal(suite, [], 2, "--listen and --port", both)
    for more in (both, {"AILAB_MOCK_LISTEN": "x"}, {"AILAB_MOCK_PORT": "x"}):
        mock = suite.start(environment=more)  # with --port
        mock.stop()
        mock = suite.start("--listen", "127.0.0.1:0", port=None, environment=more)
        mock.stop()
    good = request(form(suite.picture("portrait.jpg")))
    mock = suite.start(
        environment={
            "AILAB_MOCK_LISTEN": "127.0.0.1:0",
            "AILAB_MOCK_API_KEY": f"first,{KEY},third",
            "AILAB_MOCK_LOG": "json",
            "AILAB_MOCK_REVISION": "2026-05",
            "AILAB_MOCK_RESULT": "echo",
        },
        port=None,
    )
    answer = talk(mock, good)
    root = answer.json()
    suite.checks.equal(
        "variables: listen, key list, revision",
        (answer.status, list(root)),
        (200, ["request_id", "log_id", "error_detail", "data"]),
    )
    suite.checks.equal("variables: result", answer.image() == suite.picture("portrait.jpg"), True)
    suite.checks.equal("variables: another key", talk(mock, head_of(0, key="second")).status, 401)
    mock.stop()  # lines of different connections may come in another order, and the last one late
    logged = [json.loads(line)["status"] for line in mock.log_lines()]
    suite.checks.equal("variables: log", sorted(logged), [200, 401])
    mock = suite.start(
        "--api-key",
        KEY,
        "--revision",
        "2026-01",
        "--log",
        "off",
        environment={
            "AILAB_MOCK_PORT": "1",
            "AILAB_MOCK_API_KEY": "other",
            "AILAB_MOCK_REVISION": "2026-05",
            "AILAB_MOCK_LOG": "json",
            "AILAB_MOCK_TRUST_IMAGES": "0",
        },
    )
    suite.checks.equal("flags win: key and revision", summary(talk(mock, good)), OK)
    suite.checks.equal(
        "flags win: the variable's key is unknown",
        summary(talk(mock, head_of(0, key="other"))),
        NO_KEY,
    )
    suite.checks.equal("flags win: --log off", mock.log(), b"")
    mock.stop()


def check_unknown_variables(suite):
    """A remark, no refusal: the variable may be another program's."""
    for variable, said in (
        ("AILAB_MOCK_PROT", "AILAB_MOCK_PROT is set and unknown; did you mean AILAB_MOCK_PORT?"),
        ("AILAB_MOCK_FRUIT", "AILAB_MOCK_FRUIT is set and unknown; 'ailab-mock --help' tells"),
    ):
        mock = suite.start(environment={variable: "1"})
        mock.stop()
        suite.checks.that(f"{variable}: a remark", said in mock.log().decode(), mock.log())
    done = suite.run([suite.command, "expressions"], environment={"AILAB_RETRYS": "1"})
    suite.checks.that(
        "AILAB_RETRYS: a remark of the client", b"did you mean AILAB_RETRIES?" in done.stderr
    )
    others = {"AILAB_MOCK_PORT": "1", "AILAB_API_KEY": "k", "AILAB_CONFORMANCE_JOBS": "1"}
    done = suite.run([suite.command, "expressions"], environment=others)
    suite.checks.equal("other programs' variables: none", done.stderr, b"")


# A document, and the place of its mistake as it is told after the file's name.
MISTAKES = (
    ('{"scenarios": [\n {"name": "a",\n  "steps": [{"delay": 1},\n   {"fault": "x"}]}]}', ":4: at "
     "'/scenarios/0/steps/1/fault'"),
    ('{"seed":\n1,\n "seed": 2}', ":3: at '/seed'"),
    ('{"accounts": {\n"secretkey1": {\n"credits": -1}}}', ":3: at '/accounts/se.../credits'"),
    ('{"accounts": {\n"secretkey1": {},\n"secretkey2": {"credits": -1}}}', ":1: at "
     "'/accounts/se.../credits'"),
    ('{"scenarios": [{\n"name": "a/b",\n"steps": []}]}', ":2: at '/scenarios/0/name'"),
    ('{"seed": 1,\n\n "b": }', ": no JSON: line 3, column 7"),
    ("[1]", ": found an array"),
)


def check_scenario_file(suite):
    """The complaint names file and line, at the start and when the file is read again."""
    path = suite.path("plan.json")
    for text, place in MISTAKES:
        suite.save("plan.json", text.encode())
        code, out, err = outcome(suite, "--port", "0", "--scenarios", path)
        suite.checks.that(
            f"scenarios {text!r}",
            code == 2 and not out and path + place in err and "secret" not in err,
            (code, out, err),
        )
    suite.save("plan.json", b"{}")
    mock = suite.start("--scenarios", path)
    suite.save("plan.json", MISTAKES[1][0].encode())
    mock.signal(1)
    said = f"{path}{MISTAKES[1][1]}"
    until(lambda: said in mock.log().decode(), 10 * suite.patience)
    mock.stop()
    suite.checks.that("read again", said in mock.log().decode(), mock.log())


def check_cue(suite):
    portrait = suite.picture_path("portrait.jpg")
    text = suite.save("no-picture", b"not a picture")
    out = suite.path("cue-out.jpg")
    for words, part in (
        (["cue", "", portrait, out], "the name has 0 bytes: expected 1 to 1024"),
        (["cue", "!", portrait, out], "the name has 0 bytes"),
        (["cue", "x" * 1025, portrait, out], "the name has 1025 bytes"),
        (["cue", "two-faces", text, out], f"'{text}' is neither JPEG nor PNG by its first bytes"),
    ):
        check_refusal(suite, words, 2, part)
    for name, said in (
        ("ERROR_BLURY_FACE", "did you mean ERROR_BLURRY_FACE? 'ailab-mock scenarios'"),
        ("!two-face", "did you mean two-faces?"),
        ("my-own-plan", "no built-in scenario is called 'my-own-plan'; 'ailab-mock scenarios'"),
    ):
        code, _, err = outcome(suite, "cue", name, portrait, out)
        suite.checks.that(f"cue {name}: a remark", code == 0 and said in err, (code, err))


def check_port_file(suite):
    for mask in (0o022, 0o077, 0o000):
        before = os.umask(mask)
        mock = suite.start()
        os.umask(before)
        with open(mock.port_file, encoding="ascii") as file:
            suite.checks.equal(
                f"port file, umask {mask:03o}: content", file.read(), f"{mock.port}\n"
            )
        suite.checks.equal(
            f"port file, umask {mask:03o}: mode",
            stat.S_IMODE(os.stat(mock.port_file).st_mode),
            0o644,
        )
        mock.kill()
    path = suite.save("old-port", b"12345678901234567890\n")
    inode = os.stat(path).st_ino
    mock = suite.start("--port-file", path)
    # The harness gives its own --port-file after ours, and the last one counts.
    suite.checks.equal("an option given twice: the last counts", os.stat(path).st_ino, inode)
    mock.kill()
    mock = suite.start(port_file=path)
    suite.checks.that(
        "an old port file is replaced, not written into", os.stat(path).st_ino != inode
    )
    mock.kill()
    left = [name for name in os.listdir(suite.folder) if re.match(r"(old-)?port.*\.", name)]
    suite.checks.equal("no temporary file is left", left, [])


def health(suite, *words, environment=None):
    code, out, err = outcome(suite, "health", *words, environment=environment)
    return code, (out or err).strip()


def check_health(suite):
    """health: a mock is found by the options and variables that it was started with."""
    checks = suite.checks
    path = suite.path("health.socket")
    options = ("--listen", "0.0.0.0:0", "--listen", f"unix:{path}", "--https", "--no-admin")
    mock = suite.start(*options, "--ca-dir", suite.path("health-ca"), port=None)
    everywhere = f"0.0.0.0:{mock.port}"
    for why, words, environment in (
        ("--port", ("--port", str(mock.port)), None),
        ("--listen", ("--listen", everywhere), None),
        ("a variable", (), {"AILAB_MOCK_LISTEN": everywhere + ",[::1]:1"}),
        ("a unix socket", ("--listen", f"unix:{path}"), None),
    ):
        code, text = health(suite, *words, environment=environment)
        checks.that(f"health by {why}", code == 0 and text.startswith("a mock answers at "), text)
    mock.stop()
    with socket.socket() as held:  # bound, so that no other program listens there
        held.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{held.getsockname()[1]}"
        code, text = health(suite, "--listen", address)
    checks.that("health without a mock", code == 1 and f"no mock answers at {address}: " in text, text)


def answer_once(listener, answer):
    """Takes one connection, reads the question, answers and closes."""
    with listener.accept()[0] as other:
        other.settimeout(10)
        other.recv(4096)
        other.sendall(answer)


def check_health_of_others(suite):
    """health: what answers, but is no mock that is well, is none."""
    for answer, words in (
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "another program does"),
        (b"HTTP/1.1 2000 What\r\n\r\n", "another program does"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "another program does"),
        (b"HTTP/1.1", "the answer ends too early"),
        (b"", "the answer ends too early"),
    ):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(10)
            other = threading.Thread(target=answer_once, args=(listener, answer))
            other.start()
            code, text = health(suite, "--listen", f"127.0.0.1:{listener.getsockname()[1]}")
            other.join()
        suite.checks.that(f"health of {answer[:20]!r}", code == 1 and text.endswith(words), text)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = suite.run([suite.mock, "health", "--listen", f"127.0.0.1:{silent.getsockname()[1]}"])
        ended = done.returncode == 1 and b"no answer in time" in done.stderr
        suite.checks.that("health of a silent program ends", ended, done)


def test(suite):
    check_help(suite)
    check_commands(suite)
    check_open(suite)
    check_usage(suite)
    check_unavailable(suite)
    check_environment(suite)
    check_unknown_variables(suite)
    check_scenario_file(suite)
    check_cue(suite)
    check_port_file(suite)
    check_health(suite)
    check_health_of_others(suite)


if __name__ == "__main__":
    main(test)
