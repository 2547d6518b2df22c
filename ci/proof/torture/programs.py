"""Programs under torture: started with the library loaded, watched from outside, ended for sure."""

import ctypes
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import time

from calls import Control

_libc = ctypes.CDLL(None)
TICKS = os.sysconf("SC_CLK_TCK")
SANITIZER_MARKS = (b"AddressSanitizer", b"LeakSanitizer", b"runtime error:", b"ThreadSanitizer")
KEY = "torture-key"


def die_with_parent():
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Place:
    """Where the programs are, and a folder of this worker's own that goes away."""

    def __init__(self, binaries, library, source, slow, patience_s=1.5):
        self.binaries, self.library, self.source = binaries, library, source
        self.patience_s = patience_s  # of a client of a server that suffers
        self.slow = slow  # how much more time an instrumented program gets
        self.folder = tempfile.mkdtemp(prefix="ailab-torture-")
        self.control = Control(self.path("control"))
        self.work = self.folder  # where programs write
        self.before = None  # what run() does in the child before the program
        self.picture = os.path.join(source, "fixtures", "images", "portrait-small.jpg")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def program(self, name):
        return os.path.realpath(os.path.join(self.binaries, name))

    def empty_folder(self, name):
        path = os.path.join(self.work, name)
        shutil.rmtree(path, ignore_errors=True)
        os.mkdir(path)
        return path

    def environment(self, program, tortured, extra=None):
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": self.folder,
            "LC_ALL": "C",
            "TZ": "UTC",
            # A sanitizer's library is not the first, and its calls of sysconf() are none of ours.
            "ASAN_OPTIONS": "verify_asan_link_order=0:allocator_may_return_null=1:use_sigaltstack=0",
        }
        if tortured:
            environment["LD_PRELOAD"] = self.library
            environment["TORTURE_PROGRAM"] = program
            environment["TORTURE_CONTROL"] = self.control.path
            environment["TORTURE_TRACE"] = self.path("trace")
        environment.update(extra or {})
        return environment

    def who(self):
        """The callers of the call that failed, the nearest first: file and function or offset."""
        try:
            with open(self.path("trace"), encoding="utf-8", errors="replace") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            parts = re.match(r"(.*)\((.*)\)\[", line)
            if parts and "libtorture" not in parts[1]:
                found.append((parts[1], parts[2]))
        return found

    def forget(self):
        if os.path.exists(self.path("trace")):
            os.remove(self.path("trace"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Ended:
    """How a program ended: code (-signal; None: killed, it was too late), output, seconds of CPU."""

    def __init__(self, code, out, err, cpu):
        self.code, self.out, self.err, self.cpu = code, out, err, cpu

    @property
    def crash(self):
        if any(mark in self.err for mark in SANITIZER_MARKS):
            return "a sanitizer complains: " + self.err.decode(errors="replace")[-1500:]
        if self.code is not None and self.code < 0:
            return f"ended by {signal.Signals(-self.code).name}"
        return None


def run(place, words, limit_s, tortured=True, extra=None, before=None, **more):
    """Runs a program of ours to its end. Everything goes through files, so that nothing waits."""
    words = [place.program(words[0]), *words[1:]]
    paths = place.path("out"), place.path("err")

    before = before or place.before

    def prepare():
        die_with_parent()
        if before:
            before()

    with open(paths[0], "wb") as out, open(paths[1], "wb") as err:
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", out)
        more.setdefault("stderr", err)
        process = subprocess.Popen(
            words,
            env=place.environment(words[0], tortured, extra),
            preexec_fn=prepare,
            start_new_session=True,
            **more,
        )
    usage = [0.0]
    code = _wait(process, limit_s * place.slow, usage)
    read = []
    for path in paths:
        with open(path, "rb") as file:
            read.append(file.read())
    return Ended(code, *read, usage[0])


def _wait(process, limit_s, usage):
    """The exit code, or None of one that had to be killed with all that it had started."""
    late = time.monotonic() + limit_s
    pidfd = os.pidfd_open(process.pid)
    try:
        in_time = select.select([pidfd], [], [], max(0, late - time.monotonic()))[0]
    finally:
        os.close(pidfd)
    if not in_time:
        os.killpg(process.pid, signal.SIGKILL)
    _, status, spent = os.wait4(process.pid, 0)
    usage[0] = spent.ru_utime + spent.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode if in_time else None


class Server:
    """A mock that serves, tortured or not."""

    READY_S = 10

    def __init__(self, place, options, tortured=True, extra=None, before=None, name="mock"):
        self.place = place
        self.tortured = tortured
        self.port = 0
        self.https = "--https" in options
        self.log = place.path(f"{name}.log")
        program = place.program("ailab-mock")

        def prepare():
            die_with_parent()
            if before:
                before()

        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [program, "--port", "0", *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=place.environment(program, tortured, extra),
                preexec_fn=prepare,
                start_new_session=True,
            )
        self.pid = self.process.pid

    def wait_until_ready(self):
        """Whether the ready line came. It ended or was too late: then look at code and said()."""
        said = b""
        late = time.monotonic() + self.READY_S * self.place.slow
        pipe = self.process.stdout.fileno()
        while not said.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0, late - time.monotonic()))[0]:
                return False
            piece = os.read(pipe, 4096)
            if not piece:
                return False
            said += piece
        self.port = int(said.rsplit(b":", 1)[1])
        return True

    def said(self):
        if not os.path.isfile(self.log):
            return b""
        with open(self.log, "rb") as log:
            return log.read()

    def alive(self):
        return self.process.poll() is None

    def end(self, limit_s=6, by=signal.SIGTERM):
        """How it ended."""
        usage = [0.0]
        if self.process.returncode is None:
            try:
                self.process.send_signal(by)
                code = _wait(self.process, limit_s * self.place.slow, usage)
            except ChildProcessError:
                code = self.process.returncode
        else:
            code = self.process.returncode
        self.process.stdout.close()
        return Ended(code, b"", self.said(), usage[0])

    def end_by_itself(self, limit_s):
        """The same of one that was to end without being told."""
        usage = [0.0]
        code = self.process.returncode
        if code is None:
            code = _wait(self.process, limit_s * self.place.slow, usage)
        self.process.stdout.close()
        return Ended(code, b"", self.said(), usage[0])

    # What it holds.

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def cpu_s(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_kb(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4
