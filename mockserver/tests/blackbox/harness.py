"""What the black-box tests share: one line a check, mocks that never outlive their test, pictures.

It starts programs and looks at what they leave behind; of HTTP it knows nothing, for wire.py does.
A mock listens on a free port, its log goes to a file, and it dies with the test that started it.
"""
import ctypes
import functools
import hashlib
import os
import re
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 5  # how much slower an instrumented program may be
READY_LIMIT_S = 20
SANITIZER_MARKS = (b"AddressSanitizer", b"ThreadSanitizer", b"LeakSanitizer", b"runtime error:")
KEY = "blackbox" + secrets.token_hex(28)  # 64 letters and digits, as in use

_libc = ctypes.CDLL(None)


def die_with_parent():
    """Between fork and exec: whatever ends the test ends the program too."""
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def plain_environment(extra=None):
    environment = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("AILAB_") and k.lower() not in PROXIES
    }
    environment.update({"LC_ALL": "C", "TZ": "UTC"}, **(extra or {}))
    return environment


PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Checks:
    """Counts and prints. Every check is a line; a wrong one says what was expected."""

    def __init__(self):
        self.count = self.wrong = 0

    def _line(self, good, why, details=()):
        self.count += 1
        self.wrong += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {why}", flush=True)
        if not good:
            for detail in details:
                print(f"    {detail}", flush=True)
        return good

    def equal(self, why, got, expected):
        return self._line(got == expected, why, [f"expected: {expected!r}", f"got:      {got!r}"])

    def that(self, why, condition, detail=""):
        return self._line(bool(condition), why, [str(detail)])

    def below(self, why, got, limit, unit):
        return self._line(got < limit, f"{why}: {got:.3g} {unit} < {limit:g} {unit}")

    def note(self, text):
        print(f"# {text}", flush=True)


class Suite:
    """The programs under test, the pictures, a folder that goes away."""

    def __init__(self, arguments):
        binaries, self.decoder, self.source, sanitized = arguments[:4]
        self.rest = arguments[4:]
        self.mock = os.path.join(binaries, "ailab-mock")
        self.command = os.path.join(binaries, "ailab")
        self.sanitized = sanitized != ""
        self.patience = PATIENCE if self.sanitized else 1
        self.checks = Checks()
        self.folder = tempfile.mkdtemp(prefix="ailab-blackbox-")
        self.running = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def picture_path(self, name):
        return os.path.join(self.source, "fixtures", "images", name)

    @functools.cache
    def picture(self, name):
        with open(self.picture_path(name), "rb") as file:
            return file.read()

    def describe(self, image):
        """'JPEG 512x512' of bytes that decode to the last row, else what is wrong with them."""
        return self._describe(hashlib.sha256(image).digest(), image)

    def _describe(self, digest, image):
        known = self.__dict__.setdefault("_described", {})
        if digest not in known:
            path = self.save("described", image)
            done = self.run([self.decoder, path])
            known[digest] = done.stdout.decode().strip() or done.stderr.decode().strip()
        return known[digest]

    def run(self, words, limit_s=20, environment=None, **more):
        """Runs a program to its end; one that does not end in time is killed: an error."""
        return subprocess.run(
            words,
            capture_output=True,
            timeout=limit_s * self.patience,
            preexec_fn=die_with_parent,
            env=plain_environment(environment),
            **({"stdin": subprocess.DEVNULL} if "input" not in more else {}),
            **more,
        )

    def start(self, *options, **more):
        mock = Mock(self, options, **more)
        self.running.append(mock)
        return mock.wait_until_ready()

    def close(self):
        for mock in self.running:
            mock.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Mock:
    """A running ailab-mock. stdout is a pipe, stderr a file, both looked at when it stops.

    shell starts it, as "$@", with what a shell can set; stderr may be a pipe of the test's own.
    """

    def __init__(
        self,
        suite,
        options,
        environment=None,
        port=0,
        port_file=None,
        shell=None,
        stderr=None,
    ):
        self.suite = suite
        self.key = KEY
        number = len(suite.running)
        self.port_file = port_file or suite.path(f"port-{number}")
        self.log_path = suite.path(f"log-{number}")
        words = ["sh", "-c", shell, "sh"] if shell else []
        words += [suite.mock, *options, "--port-file", self.port_file]
        if port is not None:
            words += ["--port", str(port)]
        self.started = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr or log,
                preexec_fn=die_with_parent,
                env=plain_environment(environment),
            )
        self.out = b""
        self.url = None
        self.port = 0

    def wait_until_ready(self):
        """Reads the ready line. A mock that does not come up is an error of the test."""
        limit = time.monotonic() + READY_LIMIT_S
        pipe = self.process.stdout.fileno()
        while not self.out.endswith(b"\n"):
            if not select.select([pipe], [], [], max(0, limit - time.monotonic()))[0]:
                raise RuntimeError("the mock was not ready in time")
            piece = os.read(pipe, 4096)
            if not piece:
                raise RuntimeError(f"the mock ended: {self.log().decode()}")
            self.out += piece
        self.ready_s = time.monotonic() - self.started
        found = re.fullmatch(
            rb"ailab-mock \d+\.\d+\.\d+ ready at (http://([0-9.]+):(\d+))\n", self.out
        )
        if not found:
            raise RuntimeError(f"not a ready line: {self.out!r}")
        self.url, self.host = found[1].decode(), found[2].decode()
        self.port = int(found[3])
        return self

    def log(self):
        with open(self.log_path, "rb") as log:
            return log.read()

    def log_lines(self):
        """The whole lines; the mock may be in the middle of writing one more."""
        return self.log().rpartition(b"\n")[0].splitlines()

    def memory(self):
        """The Vm... and Rss... rows of /proc/PID/status, in kilobytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return {
                name: int(value)
                for name, value in re.findall(r"^((?:Vm|Rss)\w+):\s+(\d+) kB$", status.read(), re.M)
            }

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, limit_s=10):
        """Waits for the end; returns the exit code, or None when it had to be killed."""
        try:
            self.process.wait(limit_s * self.suite.patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
        self.out += self.process.stdout.read()
        return self.process.returncode

    def stop(self):
        """Ends it and checks what every mock promises, whatever the test did to it."""
        checks = self.suite.checks
        if self.process.poll() is None:
            self.signal()
        checks.equal("the mock ends with exit code 0", self.wait(), 0)
        checks.equal("stdout has the ready line alone", self.out.count(b"\n"), 1)
        log = self.log()
        checks.that("the log holds no key", KEY.encode() not in log)
        found = [line for line in log.splitlines() if any(mark in line for mark in SANITIZER_MARKS)]
        checks.equal("no sanitizer complained", found, [])

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def until(condition, limit_s=5, interval_s=0.005):
    """Waits for a condition; its last value, false when it never came true."""
    limit = time.monotonic() + limit_s
    while True:
        value = condition()
        if value or time.monotonic() > limit:
            return value
        time.sleep(interval_s)


def node_can_fetch():
    """Since version 18; what a distribution calls nodejs may be older."""
    return (
        shutil.which("node")
        and subprocess.run(
            ["node", "-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"],
            timeout=20,
            check=False,
        ).returncode
        == 0
    )


def main(test):
    """Runs test(suite) and turns its checks into the exit code. No check at all is a failure."""
    suite = Suite(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        test(suite)
    finally:
        suite.close()
    checks = suite.checks
    print(f"{checks.count} checks, {checks.wrong} wrong")
    sys.exit(1 if checks.wrong or not checks.count else 0)
