"""What the program finds around it: streams that are closed, full or never read, places that are
no regular files, few descriptors and few threads. None of these may stop it, or make it destroy something.

The devices are such as even root cannot replace by a rename.
"""
import fcntl
import http.client
import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time

from harness import KEY, die_with_parent, main, plain_environment, until
from wire import Peer, form, head_of, request, summary, talk

OK = (200, "")
STOP_S = 2
STDOUT = "/proc/self/fd/1"  # as /dev/stdout
ANOTHER = 20000 + os.getpid() % 40000  # a user who has no other processes
LINES = 4000  # more than the log keeps for a reader
BATCH = 100
UNCUT = re.compile(rb"\d{4}-\d\d-\d\dT[^ ]+ GET /(\d{5})x+ 404 ERROR_AI_NOT_EXISTS .*")


# The log


def ask(mock, first, count):
    """Requests whose paths carry their numbers; how many were answered."""
    answered = 0
    with Peer(mock) as peer:
        for start in range(first, first + count, BATCH):
            numbers = range(start, min(start + BATCH, first + count))
            peer.send(b"".join(head_of(None, "GET", target=f"/{n:05}{'x' * 240}") for n in numbers))
            for _ in numbers:
                answered += peer.answer() is not None
    return answered


def start_unread(suite, *options):
    """A mock whose log goes to a pipe that holds little, and that end of it which is not read."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    mock = suite.start(*options, stderr=writing)
    os.close(writing)
    return mock, reading


class Reader(threading.Thread):
    """Reads to the end of a pipe."""

    def __init__(self, fd):
        super().__init__(daemon=True)
        self.fd, self.data = fd, b""
        self.start()

    def run(self):
        while piece := os.read(self.fd, 65536):
            self.data += piece
        os.close(self.fd)


def read_line(form_name, line):
    """("request", number), ("dropped", count), or ("cut", the line)."""
    if form_name == "json":
        try:
            entry = json.loads(line)
        except ValueError:
            return "cut", line
        if "dropped" in entry:
            return "dropped", entry["dropped"]
        return "request", int(entry["path"][1:6])
    if found := re.fullmatch(rb"ailab-mock: (\d+) lines dropped: .*", line):
        return "dropped", int(found[1])
    found = UNCUT.fullmatch(line)
    return ("request", int(found[1])) if found else ("cut", line)


def check_log_read_late(suite, form_name):
    """The log is not read for a while: answers go on, and then the log tells what is missing, and where."""
    mock, pipe = start_unread(suite, "--log", form_name)
    suite.checks.equal(f"{form_name} log, unread: requests answered", ask(mock, 0, LINES), LINES)
    reader = Reader(pipe)
    until(lambda: b"lines dropped" in reader.data, 10 * suite.patience)
    suite.checks.equal("once it is read: requests answered", ask(mock, LINES, 1), 1)
    mock.signal()
    suite.checks.equal("exit code", mock.wait(), 0)
    reader.join(10)
    suite.checks.that("the log ends with a whole line", reader.data.endswith(b"\n"))
    seen = [read_line(form_name, line) for line in reader.data.splitlines()]
    cut = [value for kind, value in seen if kind == "cut"]
    suite.checks.equal("no line is cut", cut[:3], [])
    dropped = sum(value for kind, value in seen if kind == "dropped")
    kept = [value for kind, value in seen if kind == "request"]
    suite.checks.that("lines were dropped", dropped > 0, len(seen))
    suite.checks.equal("kept and dropped together", len(kept) + dropped, LINES + 1)
    expected = 0
    for kind, value in seen:  # a gap is as long as the remark in its place says
        if kind == "dropped":
            expected += value
        elif kind == "request":
            if value != expected:
                break
            expected += 1
    suite.checks.equal("each in its place", expected, LINES + 1)


def check_log_never_read(suite):
    mock, pipe = start_unread(suite)
    suite.checks.equal("never read: requests answered", ask(mock, 0, LINES), LINES)
    start = time.monotonic()
    mock.signal()
    suite.checks.equal("never read: SIGTERM: exit code", mock.wait(), 0)
    suite.checks.below("which took", time.monotonic() - start, STOP_S * suite.patience, "s")
    reader = Reader(pipe)
    reader.join(10)
    suite.checks.equal(
        "what the pipe held was whole lines",
        [line for line in reader.data.splitlines() if not UNCUT.fullmatch(line)],
        [],
    )
    suite.checks.that("to the end", reader.data.endswith(b"\n"))


def check_log_reader_gone(suite):
    mock, pipe = start_unread(suite)
    os.close(pipe)
    suite.checks.equal("the log's reader ended: requests answered", ask(mock, 0, BATCH), BATCH)
    mock.signal()
    suite.checks.equal("the log's reader ended: exit code", mock.wait(), 0)


def check_remark_unread(suite):
    """Remarks of the program go the same way: SIGHUP with a full pipe must not stop it either."""
    path = suite.save("scenarios.json", b'{"seed": 1}')
    mock, pipe = start_unread(suite, "--scenarios", path)
    ask(mock, 0, BATCH)
    for seed in range(2, 5):
        suite.save("scenarios.json", b'{"seed": %d}' % seed)
        mock.signal(1)
    mock.signal()
    suite.checks.equal("SIGHUP, SIGTERM and a full pipe: exit code", mock.wait(), 0)
    os.close(pipe)


# Places


def cue(suite, source, target, **more):
    return suite.run([suite.mock, "cue", "ERROR_BLURRY_FACE", source, target], **more)


def check_cue_places(suite):
    checks = suite.checks
    source = suite.picture_path("portrait.jpg")
    plain = suite.path("plain.jpg")
    checks.equal("cue to a new file", cue(suite, source, plain).returncode, 0)
    with open(plain, "rb") as file:
        marked = file.read()
    checks.equal("its mode", stat.S_IMODE(os.stat(plain).st_mode), 0o644)

    own = suite.save("own.jpg", suite.picture("portrait.jpg"))
    os.chmod(own, 0o600)
    checks.equal("cue onto its own source", cue(suite, own, own).returncode, 0)
    with open(own, "rb") as file:
        checks.that("which has the cue then", file.read() == marked)
    checks.equal("and the mode it had", stat.S_IMODE(os.stat(own).st_mode), 0o600)

    for why, target in (("file", "plain.jpg"), ("missing", "new.jpg")):
        link = suite.path(f"link-{why}")
        os.symlink(target, link)
        checks.equal(f"cue to a link to a {why}", cue(suite, source, link).returncode, 0)
        checks.that("which stays a link", os.path.islink(link))
    with open(suite.path("new.jpg"), "rb") as file:
        checks.that("and a missing file is made", file.read() == marked)
    loop = suite.path("loop")
    os.symlink("loop", loop)
    done = cue(suite, source, loop)
    checks.equal(
        "cue to a link to itself", (done.returncode, b"cannot write" in done.stderr), (3, True)
    )

    done = cue(suite, "-", "-", input=suite.picture("portrait.jpg"), cwd=suite.folder)
    checks.equal("cue - -: exit code, stderr", (done.returncode, done.stderr), (0, b""))
    checks.that("from stdin to stdout", done.stdout == marked)
    checks.that("no file is called -", not os.path.exists(suite.path("-")))
    done = cue(suite, source, STDOUT)
    checks.that("cue to what stands for stdout", done.stdout == marked, done.stderr)

    pipe = suite.path("pipe")
    os.mkfifo(pipe)
    reader = Reader(os.open(pipe, os.O_RDWR))  # never blocks, whatever becomes of the pipe
    os.symlink("pipe", suite.path("link-pipe"))
    done = cue(suite, source, suite.path("link-pipe"))
    checks.equal("cue to a link to a pipe", done.returncode, 0)
    checks.that("which stays a link", os.path.islink(suite.path("link-pipe")))
    until(lambda: len(reader.data) >= len(marked))
    checks.that("the pipe gets it", reader.data == marked, len(reader.data))
    checks.that("and stays a pipe", stat.S_ISFIFO(os.stat(pipe).st_mode))


def check_port_device(suite):
    try:
        master, slave = os.openpty()
    except OSError as error:
        suite.checks.note(f"a device as port file: skipped, no pseudo-terminals: {error}")
        return
    mock = suite.start(port_file=os.ttyname(slave))
    suite.checks.equal("a device gets the port", os.read(master, 100), f"{mock.port}\r\n".encode())
    mock.stop()
    suite.checks.that("and stays a device", stat.S_ISCHR(os.stat(os.ttyname(slave)).st_mode))
    os.close(master)
    os.close(slave)


def check_port_file_places(suite):
    checks = suite.checks
    link = suite.path("port-link")
    os.symlink("port-target", link)
    mock = suite.start(port_file=link)
    with open(suite.path("port-target"), encoding="ascii") as file:
        checks.equal("a port file by a link", file.read(), f"{mock.port}\n")
    mock.stop()
    checks.equal(
        "the link stays, what it led to goes",
        (os.path.islink(link), os.path.exists(link)),
        (True, False),
    )

    check_port_device(suite)

    pipe = suite.path("port-pipe")
    os.mkfifo(pipe)
    process = spawn(suite, "--port", "0", "--port-file", pipe)
    with open(pipe, encoding="ascii") as file:
        checks.that("a pipe gets the port", re.fullmatch(r"\d+\n", file.read()))
    process.terminate()
    checks.equal("and the mock ends", process.wait(10 * suite.patience), 0)
    checks.that("and the pipe stays one", stat.S_ISFIFO(os.stat(pipe).st_mode))

    process = spawn(suite, "--port", "0", "--port-file", pipe, "--log", "off")
    until(lambda: waits_for_signals(process.pid), 10)
    process.terminate()
    checks.equal("SIGTERM before the pipe is read", process.wait(10 * suite.patience), 0)

    out = suite.path("out")
    process = spawn(suite, "--port", "0", "--port-file", STDOUT, shell=f'exec "$@" > {out}')
    checks.that(
        "stdout gets the port, then the ready line",
        until(lambda: ready_after_port(out), 10),
    )
    process.terminate()
    checks.equal("exit code", process.wait(10 * suite.patience), 0)
    checks.that("and is not removed", ready_after_port(out))


def spawn(suite, *words, shell=None):
    """A mock that need not come up, nor have streams."""
    return subprocess.Popen(
        [*(["sh", "-c", shell, "sh"] if shell else []), suite.mock, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
        env=plain_environment(),
    )


def waits_for_signals(pid):
    """SIGTERM is blocked in the first thread: it is no longer deadly, and will be waited for."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        blocked = re.search(r"^SigBlk:\s+([0-9a-f]+)$", status.read(), re.M)
    return int(blocked[1], 16) & 1 << 14


def ready_after_port(path):
    if not os.path.exists(path):
        return False
    with open(path, encoding="ascii") as file:
        return re.fullmatch(r"(\d+)\nailab-mock \S+ ready at \S+:\1\n", file.read())


def check_port_file_life(suite):
    checks = suite.checks
    mock = suite.start()
    mock.stop()
    checks.that("the port file is gone after the end", not os.path.exists(mock.port_file))

    stale = suite.save("stale", b"12345\n")
    done = suite.run([suite.mock, "--listen", "192.0.2.1:0", "--port-file", stale])
    checks.equal("a start that fails", done.returncode, 3)
    checks.that("leaves no port of an earlier one", not os.path.exists(stale))

    first = suite.start()
    for words in (["--listen", "192.0.2.1:0"], ["--port", str(first.port)], ["--result", "/none"]):
        done = suite.run([suite.mock, *words, "--port-file", first.port_file])
        with open(first.port_file, encoding="ascii") as file:
            checks.equal(
                f"a second start that fails ({words[0]}) leaves the first one's port",
                (done.returncode, file.read()),
                (2 if words[0] == "--result" else 3, f"{first.port}\n"),
            )
    first.kill()
    suite.run([suite.mock, "--listen", "192.0.2.1:0", "--port-file", first.port_file])
    checks.that("until the first one was killed", not os.path.exists(first.port_file))

    dear = suite.save("dear", b"no port\n")
    suite.run([suite.mock, "--listen", "192.0.2.1:0", "--port-file", dear])
    checks.that("but what is no port file", os.path.exists(dear))

    mock = suite.start()
    suite.save(os.path.basename(mock.port_file), b"1\n")
    mock.stop()
    with open(mock.port_file, encoding="ascii") as file:
        checks.equal("another mock's port stays", file.read(), "1\n")


# Standard streams


def check_closed_streams(suite, good):
    for closed in (">&- 2>&-", "<&- >&- 2>&-", "2>&-", "<&-"):
        port_file = suite.path("closed-port")
        process = spawn(suite, "--port", "0", "--port-file", port_file, shell=f'exec "$@" {closed}')
        until(lambda: os.path.exists(port_file), 10 * suite.patience)
        with open(port_file, encoding="ascii") as file:
            mock = Address(suite, int(file.read()))
        with Peer(mock) as first, Peer(mock) as second:
            seen = []
            for _ in range(10):
                seen += [summary(peer.send(good).answer()) for peer in (first, second)]
            rest = first.received + second.received
        suite.checks.equal(f"started with {closed}: answers", (seen, rest), ([OK] * 20, b""))
        process.terminate()
        suite.checks.equal("exit code", process.wait(10 * suite.patience), 0)


# What a test that is killed does not do: it stops no mock.
HOLDER = (
    "import subprocess, sys; "
    "mock = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE); "
    "print(mock.pid, mock.stdout.readline().decode(), flush=True); "
    "mock.wait()"
)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def check_input_that_ends(suite):
    checks = suite.checks
    words = [suite.mock, "--port", "0", "--exit-with-stdin"]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent, env=plain_environment(),
    )
    pid = int(holder.stdout.readline().split()[0])
    checks.that("a mock with a holder runs", is_running(pid))
    holder.kill()
    holder.wait()
    ended = until(lambda: not is_running(pid), 5 * suite.patience)
    checks.that("and ends when the holder is killed", ended)
    if not ended:
        os.kill(pid, signal.SIGKILL)

    mock = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent, env=plain_environment(),
    )
    mock.stdin.write(b"bytes\n" * 1000)
    mock.stdin.flush()
    ready = mock.stdout.readline()
    status = talk(Address(suite, int(ready.rpartition(b":")[2])), head_of(None, "GET")).status
    checks.equal("bytes on standard input end nothing", status, 405)
    mock.stdin.close()
    checks.equal("its end does, as SIGTERM", mock.wait(10 * suite.patience), 0)
    mock.stdout.close()
    done = suite.run(words)
    checks.equal("an input that is at its end before the start", done.returncode, 0)


class Address:
    """Where a mock listens that the harness did not start."""

    def __init__(self, suite, port):
        self.suite, self.host, self.port = suite, "127.0.0.1", port


def check_output_lost(suite):
    """What was to be printed and is not: exit code 3, and the reason."""
    commands = (
        "contract",
        "openapi",
        "errors",
        "rules",
        "scenarios",
        "help",
        "--help",
        "--version",
    )
    for shell, reason in (
        ('exec "$@" > /dev/full', b"No space left on device"),
        ('exec "$@" >&-', b"Bad file descriptor"),
    ):
        for command in commands:
            done = suite.run(["sh", "-c", shell, "sh", suite.mock, command])
            suite.checks.equal(
                f"{command} {shell[10:]}",
                (done.returncode, done.stderr),
                (3, b"ailab-mock: cannot write standard output: " + reason + b"\n"),
            )
    source = suite.picture_path("portrait.jpg")
    words = [suite.mock, "cue", "ERROR_BLURRY_FACE", source, "-"]
    done = suite.run(["sh", "-c", 'exec "$@" > /dev/full', "sh", *words])
    suite.checks.equal(
        "cue - > /dev/full", (done.returncode, b"No space left" in done.stderr), (3, True)
    )


# Descriptors


def processor_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check_few_descriptors(suite, good):
    checks = suite.checks
    mock = suite.start("--request-timeout-ms", "1000", shell='ulimit -n 70; exec "$@"')
    checks.that(
        "70 files: the mock says what it serves",
        re.match(
            rb"ailab-mock: serving 12 connections at once instead of 128: .*70 files", mock.log()
        ),
        mock.log(),
    )
    start, used = time.monotonic(), processor_s(mock.process.pid)
    silent = [Peer(mock) for _ in range(60)]
    checks.equal("60 silent clients, and one more", summary(talk(mock, good)), OK)
    took = time.monotonic() - start
    used = processor_s(mock.process.pid) - used
    checks.note(f"{used:.2f} s of processor in {took:.2f} s")
    if not suite.sanitized:
        checks.below("processor time while they wait", used, took / 3, "s")
    for peer in silent:
        peer.sock.close()
    mock.stop()

    mock = suite.start(shell='ulimit -Sn 40; exec "$@"')
    peers = [Peer(mock) for _ in range(60)]
    answers = [summary(peer.send(good).answer()) for peer in peers]
    checks.equal("a soft limit is raised: 60 at once", answers, [OK] * 60)
    checks.that("without a word", b"instead of" not in mock.log(), mock.log()[:200])
    for peer in peers:
        peer.sock.close()
    mock.stop()

    done = suite.run(["sh", "-c", 'ulimit -n 17; exec "$@"', "sh", suite.mock, "--port", "0"])
    checks.that(
        "17 files: refused",
        done.returncode == 3 and b"17 files open" in done.stderr and not done.stdout,
        done,
    )


def few_threads(suite, number):
    """Exit code (None while it serves), stdout and stderr of a mock that may have that many threads.
    Root has no such limit, so another user runs it, one that has no other processes."""

    def become_another():
        die_with_parent()
        os.setgroups([])
        os.setresgid(ANOTHER, ANOTHER, ANOTHER)
        os.setresuid(ANOTHER, ANOTHER, ANOTHER)
        resource.setrlimit(resource.RLIMIT_NPROC, (number, number))

    with tempfile.TemporaryFile() as log, subprocess.Popen(
        [suite.mock, "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        preexec_fn=become_another,
        env=plain_environment(),
    ) as process:
        ready = process.stdout.readline()
        status = None
        if ready:
            port = int(ready.rpartition(b":")[2])
            answer = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            answer.request("GET", "/__admin/health")
            status = answer.getresponse().status
            answer.close()
            process.terminate()
        code = process.wait(10 * suite.patience)
        log.seek(0)
        return code, status, log.read()


def check_few_threads(suite):
    checks = suite.checks
    if suite.sanitized or os.geteuid() != 0 or subprocess.run(
        ["setpriv", f"--reuid={ANOTHER}", "--clear-groups", suite.mock, "--version"],
        capture_output=True,
        check=False,
    ).returncode:
        checks.note("few threads: skipped, root must be able to run the mock as another user")
        return
    code, status, log = few_threads(suite, 3)
    checks.that("3 threads: refused", (code, status) == (3, None) and b"thread" in log, log)
    code, status, log = few_threads(suite, 60)
    checks.equal("60 threads: the mock answers", (code, status), (0, 200))
    checks.that(
        "and says how many it serves",
        re.search(rb"serving \d+ connections at once instead of 128: .*ulimit -u", log),
        log,
    )
    code, status, log = few_threads(suite, 200)
    checks.equal("200 threads: all of them", (code, status, b"instead of" in log), (0, 200, False))


def test(suite):
    good = request(form(suite.picture("portrait.jpg")), key=KEY)
    for form_name in ("text", "json"):
        check_log_read_late(suite, form_name)
    check_log_never_read(suite)
    check_log_reader_gone(suite)
    check_remark_unread(suite)
    check_cue_places(suite)
    check_port_file_places(suite)
    check_port_file_life(suite)
    check_closed_streams(suite, good)
    check_input_that_ends(suite)
    check_output_lost(suite)
    check_few_descriptors(suite, good)
    check_few_threads(suite)


if __name__ == "__main__":
    main(test)
