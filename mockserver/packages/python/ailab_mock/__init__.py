"""Starts ailab-mock for a test, arms it, and asks what it has seen. Linux only, no dependency.

    with ailab_mock.start() as mock:
        mock.arm("my-key", {"error": "ERROR_BLURRY_FACE"})
        ...  # the program under test calls mock.url with the key my-key
        assert mock.count(api_key="my-key", code="ERROR_BLURRY_FACE") == 1
"""
import atexit
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

__all__ = ["Mock", "MockError", "program", "start"]

READY_LIMIT_S = 20
STOP_LIMIT_S = 10
ADMIN_LIMIT_S = 30


class MockError(Exception):
    """The mock did not start, or refused what it was asked; the text has its own words."""


def program():
    """The path of the program: the one in this package, otherwise the one on PATH."""
    own = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "ailab-mock")
    found = own if os.access(own, os.X_OK) else shutil.which("ailab-mock")
    if not found:
        raise MockError(f"there is no ailab-mock: neither {own} nor one on PATH")
    return found


def _flags(options):
    """scenarios="a.json", strict=True, api_key=["a", "b"]: --scenarios=a.json --strict ..."""
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if each is True:
                yield flag
            elif each is not None and each is not False:
                yield f"{flag}={each}"


class Mock:
    """A mock that runs. Every method may be called from any thread, stop() more than once."""

    def __init__(self, process, log):
        self._process = process
        self._log = log
        self._token = None
        self._last_log = None
        self.url = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def log(self):
        """What the mock has written to standard error so far: a line a request."""
        if self._last_log is not None:
            return self._last_log
        with open(self._log.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def admin(self, method, path, body=None):
        """Calls the admin API: admin("POST", "/reset"). Returns the JSON of the answer, or None."""
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__admin{path}", data, headers, method=method)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=ADMIN_LIMIT_S) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refusal:
            words = refusal.read().decode(errors="replace")
            raise MockError(f"{method} {path}: {refusal.code}: {words}") from None
        return json.loads(text) if text else None

    def arm(self, api_key, *steps):
        """The next calls with this key get these steps, one after the other (SCENARIOS.md)."""
        return self.admin("POST", "/queue", {"api_key": api_key, "steps": list(steps)})

    def count(self, **criteria):
        """How many requests match: count(api_key="my-key", status=422)."""
        return self.admin("POST", "/requests/count", criteria)["count"]

    def requests(self, **criteria):
        """The journal's entries that match, as the admin API shows them."""
        return self.admin("POST", "/requests/find", criteria)["requests"]

    def reset(self):
        """Forgets what was armed and the journal."""
        self.admin("POST", "/reset")

    def stop(self):
        """Ends the mock and returns its exit code."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._last_log = self.log()
        self._log.close()  # and with it the file is gone
        return self._process.returncode

    def _wait_until_ready(self, limit_s):
        """The line "ailab-mock VERSION ready at URL" comes once requests are answered."""
        line, end = b"", time.monotonic() + limit_s
        while not line.endswith(b"\n"):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise MockError(f"the mock was not ready within {limit_s:g} s: {self.log()}")
            piece = os.read(self._process.stdout.fileno(), 4096)
            if not piece:
                code = self.stop()
                raise MockError(f"the mock did not start (exit code {code}): {self.log().strip()}")
            line += piece
        self.url = line.decode().split()[-1]


def start(*, executable=None, timeout=READY_LIMIT_S, **options):
    """Starts a mock on a free port, and returns it once it answers.

    Options are those of `ailab-mock --help`, with _ for -: start(revision="1.0.0", strict=True,
    api_key=["a", "b"]). executable is another program than program(). timeout is in seconds.
    Raises MockError with the mock's own words if it does not start. The mock ends with stop(), with
    the `with` block, or with the interpreter, also if that is killed: it holds the mock's standard input.
    """
    if "port" not in options and "listen" not in options:
        options["port"] = 0
    log = tempfile.NamedTemporaryFile(prefix="ailab-mock-", suffix=".log")
    command = [executable or program(), "--exit-with-stdin", *_flags(options)]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
    except OSError as error:
        log.close()
        raise MockError(f"cannot start {command[0]}: {error.strerror}") from None
    mock = Mock(process, log)
    mock._token = options.get("admin_token")
    try:
        mock._wait_until_ready(timeout)
    except BaseException:
        mock.stop()
        raise
    atexit.register(mock.stop)
    return mock
