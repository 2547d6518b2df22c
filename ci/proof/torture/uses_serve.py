"""What a mock that serves goes through: one mock for many faults, a new one after each that is wrong.

A use is traffic. The fault is armed for its duration and then passes; after that the mock must
answer a good call, hold no more descriptors than before, and must not have spun.
"""

import os
import signal
import time

from calls import JUMPS
from programs import Server
from requests import EDIT, Talk, ask, edit_request, is_good_edit, quietly, request

GOOD_AGAIN_S = 6  # after the fault has passed
AT_REST_S = 4
HOLD_S = 0.12  # a fault that stays, stays so long at least after the traffic
HITS_MAX = 4000  # in the time of one traffic; a loop that spins has more
CPU_MAX_S = 1.5
GROWTH_MAX_KB = 24 * 1024
SCENARIOS = (
    '{"scenarios": [{"name": "torture", "match": {"service_choice": 10},'
    ' "steps": [{"error": "AI_SERVICE_TIMEOUT"}]}]}'
)


class Serving:
    program = "ailab-mock"
    options = ()
    https = False

    def __init__(self, place):
        self.place = place
        self.server = None
        with open(place.picture, "rb") as file:
            self.picture = file.read()
        self.large = self.picture + b"\0" * 1500000  # a JPEG with bytes behind its end

    # The life of the server.

    def _start(self):
        place = self.place
        self.scenarios = place.path("scenarios.json")
        with open(self.scenarios, "w", encoding="utf-8") as file:
            file.write(SCENARIOS)
        place.control.reset()
        options = ["--idle-timeout-ms", "1000", "--request-timeout-ms", "2500", *self.options]
        if self.https:
            options += ["--https", "--ca-dir", ca_folder(place)]
        self.server = Server(place, options)
        if not self.server.wait_until_ready():
            raise RuntimeError(f"a mock without a fault does not start: {self.server.said()}")
        for _ in range(3):  # what is kept for good is there after that
            self.traffic(self.server.port)
        self._rest(None)
        self.baseline = self.server.descriptors()
        self.resident = self.server.resident_kb()
        self.series = 0

    def _rest(self, limit):
        """Waits until the descriptors are no more than limit, or for a while stay the same."""
        late = time.monotonic() + AT_REST_S * self.place.slow
        steady, last = 0, -1
        while time.monotonic() < late:
            now = self.server.descriptors()
            if limit is not None and now <= limit:
                return now
            steady = steady + 1 if now == last else 0
            if limit is None and steady > 30:
                return now
            last = now
            time.sleep(0.02)
        return last

    def close(self):
        """Ends the server; what is wrong with the end."""
        if not self.server:
            return None
        grown = self.server.resident_kb() - self.resident if self.server.alive() else 0
        ended = self.server.end()
        self.server = None
        if grown > GROWTH_MAX_KB and self.place.slow == 1:
            return f"memory grew by {grown} KiB in a series of {self.series} faults"
        if ended.crash:
            return ended.crash
        return None if ended.code == 0 else f"SIGTERM at the end: exit code {ended.code}"

    # Counting, and a fault.

    def count(self):
        if not self.server:
            self._start()
        self.place.control.count_anew()
        self.traffic(self.server.port)
        time.sleep(0.05)
        counts = self.place.control.counts()
        self.place.control.count_anew()
        return counts

    def inject(self, fault):
        """(whether it happened, what is wrong or None)"""
        if self.server and not self.server.alive():
            self.server = None
        if not self.server:
            self._start()
        control, server = self.place.control, self.server
        self.series += 1
        spent = server.cpu_s()
        control.count_anew()
        control.arm(fault)
        self.traffic(server.port)
        if fault.mode == "on":
            time.sleep(HOLD_S)
        hits = control.hits
        spent = server.cpu_s() - spent if server.alive() else 0
        control.disarm()
        wrong = self._judge(hits, spent)
        if wrong or fault.kind in JUMPS:
            at_end = None if wrong and not server.alive() else self.close()
            if self.server:
                self.server.end(1, signal.SIGKILL)
                self.server = None
            wrong = wrong or at_end
        return hits > 0, wrong

    def _judge(self, hits, spent):
        server = self.server
        if not server.alive():
            ended = server.end()
            return (ended.crash or f"the mock ended, exit code {ended.code}") + self._last_words()
        if hits > HITS_MAX:
            return f"spins: the call failed {hits} times"
        if spent > CPU_MAX_S * self.place.slow:
            return f"spins: {spent:.2f} s of CPU"
        why = self._good_again()
        if why:
            return why + self._last_words()
        left = self._rest(self.baseline)
        if left > self.baseline:
            return f"descriptors: {left}, before the fault {self.baseline}"
        return None

    def _good_again(self):
        late = time.monotonic() + GOOD_AGAIN_S * self.place.slow
        while True:
            try:
                status, body = ask(
                    self.server.port, edit_request(self.picture), 2.5, tls=self.https
                )
                if is_good_edit(status, body):
                    return None
                why = f"status {status}: {body[:200]!r}"
            except (OSError, ValueError, KeyError) as error:
                why = repr(error)
            if not self.server.alive():
                ended = self.server.end()
                return ended.crash or f"the mock ended, exit code {ended.code}"
            if time.monotonic() > late:
                return f"no good call after the fault: {why}"

    def _last_words(self):
        return "; its log ends: " + self.server.said()[-300:].decode(errors="replace")

    def traffic(self, port):
        raise NotImplementedError

    def quietly_ask(self, port, data, **more):
        quietly(ask, port, data, self.place.patience_s, **more)


def ca_folder(place):
    """An authority that is made once."""
    folder = place.path("ca")
    if not os.path.isdir(folder):
        mock = Server(place, ["--https", "--ca-dir", folder], tortured=False, name="maker")
        mock.wait_until_ready()
        mock.end()
    return folder


class ServeEdits(Serving):
    """edits, refusals, a large upload, two calls on one connection"""

    name = "SERVE"

    def traffic(self, port):
        self.quietly_ask(port, edit_request(self.picture))
        self.quietly_ask(port, edit_request(self.large))
        self.quietly_ask(port, edit_request(self.picture, key="mock:ERROR_NO_FACE_IN_FILE"))
        self.quietly_ask(port, edit_request(self.picture, key="mock:reset-mid-answer"))
        self.quietly_ask(port, request("GET", "/nowhere"))
        self.quietly_ask(port, b"GET / HTTP/1.1\r\nbroken\r\n\r\n")
        quietly(self._two, port)

    def _two(self, port):
        with Talk(port, self.place.patience_s) as talk:
            talk.send(edit_request(self.picture, close=False))
            talk.answer()
            talk.send(edit_request(self.picture, more="Expect: 100-continue\r\n"))
            talk.answer()


class ServeTls(Serving):
    """an edit through TLS, one in a tunnel, a hello that ends, a fault of TLS"""

    name = "TLS"
    https = True

    def traffic(self, port):
        self.quietly_ask(port, edit_request(self.picture), tls=True)
        self.quietly_ask(port, edit_request(self.picture), tls=True, tunnel=True)
        quietly(self._leave, port)
        self.quietly_ask(port, request("POST", "/__admin/tls", b'{"fault":"tls-reset"}'))
        self.quietly_ask(port, request("GET", "/__admin/health"), tls=True)
        self.quietly_ask(port, request("DELETE", "/__admin/tls"))

    def _leave(self, port):
        with Talk(port, self.place.patience_s) as talk:
            talk.send(b"\x16\x03\x01\x02\x00\x01\x00")


class Reload(Serving):
    """SIGHUP with another scenario file"""

    name = "RELOAD"

    def _start(self):
        self.options = ("--scenarios", self.place.path("scenarios.json"))
        super()._start()

    def traffic(self, port):
        with open(self.scenarios + ".new", "w", encoding="utf-8") as file:
            file.write(SCENARIOS.replace("torture", f"torture-{time.monotonic_ns()}"))
        os.rename(self.scenarios + ".new", self.scenarios)
        before = self.server.said().count(b"scenarios")
        self.server.process.send_signal(signal.SIGHUP)
        late = time.monotonic() + 0.5
        while self.server.said().count(b"scenarios") == before and time.monotonic() < late:
            time.sleep(0.005)


class Admin(Serving):
    """the admin API: scenarios, queue, journal, verification, accounts, coverage, metrics, reset"""

    name = "ADMIN"

    def traffic(self, port):
        self.quietly_ask(port, request("PUT", "/__admin/mappings", SCENARIOS.encode()))
        queue = b'{"api_key":"queued","steps":[{"error":"EXCEEDING_LIMITS"}]}'
        self.quietly_ask(port, request("POST", "/__admin/queue", queue))
        self.quietly_ask(port, edit_request(self.picture, key="queued"))
        self.quietly_ask(port, request("GET", "/__admin/requests"))
        self.quietly_ask(port, request("POST", "/__admin/requests/count", b'{"status": 200}'))
        self.quietly_ask(port, request("POST", "/__admin/requests/near-misses", b'{"width": 1}'))
        self.quietly_ask(port, request("GET", "/__admin/coverage"))
        self.quietly_ask(port, request("GET", "/__admin/openapi.json"))
        self.quietly_ask(port, request("GET", "/metrics"))
        self.quietly_ask(port, request("POST", "/__admin/reset"))


class Feed(Serving):
    """the console: its page, and the feed with an edit that comes through it"""

    name = "FEED"

    def traffic(self, port):
        self.quietly_ask(port, request("GET", "/__admin/"))
        quietly(self._watch, port)

    def _watch(self, port):
        with Talk(port, self.place.patience_s) as talk:
            talk.send(request("GET", "/__admin/events", close=False))
            seen = self._read_on(talk, b"".join(talk.read_head()), b'"last_id"')  # it begins behind
            ask(port, edit_request(self.picture), self.place.patience_s)
            self._read_on(talk, seen, EDIT.encode())

    def _read_on(self, talk, seen, mark):
        while mark not in seen and (piece := talk.piece()):
            seen += piece
        return seen


USES = [ServeEdits, ServeTls, Reload, Admin, Feed]
