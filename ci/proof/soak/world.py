"""What the threads of the soak share: the mock, the deck of scenarios and cues, counts, windows.

A window is a time in which something that one client asked for is met by all others: a reset of every
key, a refused connection, a fault of TLS. It opens before the client asks, and closes once that client
has seen that it is over. Outside the windows, and within the times that the mock's options give, each
connection is made and each request is answered: excuse() has all exceptions.
"""

import collections
import contextlib
import json
import os
import random
import threading
import time

import talk
from expect import Expectations

CUES = ("key", "header", "file", "picture", "queue")
EXAMPLES_MAX = 20
REFUSED, IDLE = "refused on another client's wish", "a kept connection that rested too long"
SHAKEN = "no handshake within the mock's time for it"
BACK_S = 30  # refuse-afterwards refuses for a second; a busy machine listens again a while later
# What the mock was started with, or its defaults.
HANDSHAKE_S = 10  # --handshake-timeout-ms: from the first byte to the end of CONNECT and handshake
IDLE_S = 10  # --idle-timeout-ms: of a kept connection, from the answer to the next request
REQUEST_S = 30  # --request-timeout-ms: for a request to come, and for a part of its answer to be taken


class Window:
    """Open while a client is in it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inside, self.until = 0, 0.0

    def __enter__(self):
        with self.lock:
            self.inside += 1

    def __exit__(self, *_):
        with self.lock:
            self.inside -= 1
            self.until = time.monotonic()

    def touched(self, since):
        """Whether it was open at any time from then on."""
        with self.lock:
            return self.inside > 0 or self.until > since


class Gate:
    """Where all clients rest while the mock is measured."""

    def __init__(self):
        self.open, self.lock, self.resting = threading.Event(), threading.Lock(), 0
        self.open.set()

    def is_closed(self):
        return not self.open.is_set()

    def rest(self, stop):
        """For a client that has left its connections."""
        with self.lock:
            self.resting += 1
        while self.is_closed() and not stop.is_set():
            self.open.wait(1)
        with self.lock:
            self.resting -= 1

    def close(self, clients, limit_s):
        """True once as many clients rest."""
        self.open.clear()
        limit = time.monotonic() + limit_s
        while self.resting < clients and time.monotonic() < limit:
            time.sleep(0.05)
        return self.resting >= clients


class World:
    def __init__(self, mock, seed, roads, picture):
        self.mock, self.seed, self.roads, self.picture = mock, seed, roads, picture
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.complaints = []
        self.longest_refusal_s = 0.0
        self.in_use = []  # bytes, in the middle and at the end
        self.stop = threading.Event()
        self.refusing, self.tls, self.resetting = Window(), Window(), Window()
        self.gate, self.numbers = Gate(), 0
        self.account = threading.Lock()  # held by who needs the settings of accounts to stay
        self.chance = random.Random(seed)
        self.deck, self.played = [], collections.Counter()
        self.pairs, self.steps, self.expectations = [], {}, None

    # What the mock says of itself, before the soak begins

    def learn(self):
        contract = self.ask("GET", "/__admin/contract")
        errors = {row["name"]: row["status_2026_01"] for row in contract["errors"]}
        self.expectations = Expectations(errors)
        names = [row["name"] for row in self.ask("GET", "/__admin/scenarios")["scenarios"]]
        names = [name for name in names if not name.startswith("own-")]
        for name in names:
            if not self.expectations.knows(name):
                self.complain("scenario", name, "no row of expect.py says what must come")
            self.steps[name] = self.ask("GET", f"/__admin/mappings/{name}")["steps"][0]
        self.pairs = [(name, cue) for name in names for cue in CUES]

    def ask(self, method, target, order=None):
        """An admin call: the document of the answer, which is good."""
        answer = self.call_admin(method, target, order)
        if answer.status not in (200, 201):
            if not answer.excuse:
                self.complain("admin", f"{method} {target}", f"got {answer}")
            raise talk.Gone(f"{method} {target}: {answer}")
        return json.loads(answer.body)

    def call_admin(self, method, target, order=None, kind="plain"):
        """An admin call on a connection of its own; again, where the mock cannot have heard of it."""
        body = None if order is None else json.dumps(order).encode()
        head, body = talk.request(body, method, target, None, (), "application/json")
        while True:
            connection = self.connect(kind)
            try:
                connection.send(head + body)
                answer = connection.answer()
            finally:
                connection.close()
            if answer.excuse != REFUSED or self.stop.is_set():
                return answer

    # Connections

    def connect(self, kind):
        """A new connection, which is tried again where there is an excuse for the mock."""
        while True:
            began = time.monotonic()
            try:
                return talk.Connection(self.roads, kind, self.excuse)
            except talk.Gone as gone:
                why = self._excuse_for_none(kind, gone.phase, began)
                if not why:
                    self.complain("connect", f"{kind}, {gone.phase}", f"{gone}: {gone.__cause__!r}")
                    raise
                self.count(f"excused: {why}")
                if self.stop.wait(0.05):
                    raise

    def _excuse_for_none(self, kind, phase, began):
        """Why there may be no connection: '' or a reason. The first phase that the mock answers in shows
        that it has accepted the connection; from then on it refuses it no more."""
        accepted = kind == "tunnel" and phase == talk.HANDSHAKE
        if not accepted and self.refusing.touched(began):
            return REFUSED
        if phase == talk.HANDSHAKE and self.tls.touched(began):
            return "a fault of TLS"
        if phase != talk.TCP and time.monotonic() - began >= HANDSHAKE_S:
            return SHAKEN
        return ""

    def excuse(self, connection, answer):
        """Why an answer may not be there, or not whole: '' or a reason."""
        now = time.monotonic()
        if answer.end in ("whole", "time"):
            return ""
        if not answer.raw and not connection.is_accepted and self.refusing.touched(connection.began):
            return REFUSED
        if not answer.raw and connection.served and now - connection.rested_from >= IDLE_S:
            return IDLE
        # A client of TLS 1.3 has ended its handshake before the mock has read the last of it.
        through_tls = connection.kind != "plain" and not connection.served
        if not answer.raw and through_tls and now - connection.began >= HANDSHAKE_S:
            return SHAKEN
        if now - (connection.asked or connection.began) >= REQUEST_S:
            return "no exchange within the mock's time for it"
        return ""

    @contextlib.contextmanager
    def refusal(self):
        """For a client that asks for refuse-afterwards: others may be refused until the mock listens
        again, which it does."""
        with self.refusing:
            try:
                yield
            finally:
                self._await_listener()

    def _await_listener(self):
        began = time.monotonic()
        while self.mock.poll() is None:
            try:
                self.roads.connect("plain").close()
                self.longest_refusal_s = max(self.longest_refusal_s, time.monotonic() - began)
                return
            except talk.Gone as gone:
                if time.monotonic() - began > BACK_S:
                    self.complain("refuse-afterwards", "its end", f"after {BACK_S} s: {gone.__cause__!r}")
                    return
            time.sleep(0.02)

    def kind(self, chance):
        return chance.choice(("plain", "tls", "tunnel")) if self.roads.context else "plain"

    now = staticmethod(time.monotonic)
    replace = staticmethod(os.replace)

    # Counts

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def complain(self, what, which, why):
        if self.mock.poll() is not None:
            return  # of a mock that is dead that alone is to be said
        with self.lock:
            self.counts["wrong"] += 1
            if len(self.complaints) < EXAMPLES_MAX:
                self.complaints.append(f"{time.strftime('%H:%M:%S')} {what} {which}: {why}")

    def deal(self):
        """The next scenario and cue: every pair once, in a new order each round."""
        with self.lock:
            if not self.deck:  # a round
                self.deck = list(self.pairs)
                self.chance.shuffle(self.deck)
            return self.deck.pop()

    def number(self):
        """Another one each time."""
        with self.lock:
            self.numbers += 1
            return self.numbers

    def has_played(self, pair):
        with self.lock:
            self.played[pair] += 1
