"""What the threads of the soak share: the mock, the deck of scenarios and cues, counts, windows.

A window is a time in which something that one client asked for is met by all others: a reset of every
key, a refused connection, a fault of TLS. A client that began before the end of one judges with both eyes
closed: either outcome is right.
"""

import collections
import json
import os
import random
import threading
import time

import talk
from expect import Expectations

CUES = ("key", "header", "file", "picture", "queue")
EXAMPLES_MAX = 20
SLACK_S = 5  # what a window's effect may outlive its end: a busy machine is slow to see it


class Window:
    """Open while a client is in it, and for a while after."""

    def __init__(self, slack_s):
        self.lock, self.slack_s = threading.Lock(), slack_s
        self.inside, self.until = 0, 0.0

    def __enter__(self):
        with self.lock:
            self.inside += 1

    def __exit__(self, *_):
        with self.lock:
            self.inside -= 1
            self.until = time.monotonic() + self.slack_s

    def touched(self, since):
        """Whether it was open at any time from then on."""
        with self.lock:
            return self.inside > 0 or self.until > since


class World:
    def __init__(self, mock, seed, roads, picture):
        self.mock, self.seed, self.roads, self.picture = mock, seed, roads, picture
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.complaints = []
        self.stop = threading.Event()
        self.refusing, self.tls, self.resetting = Window(SLACK_S), Window(SLACK_S), Window(0)
        self.starved = Window(10)
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

    def ask(self, method, target, order=None, road=None):
        """An admin call on a connection of its own: the document of the answer, which is good."""
        answer = self.call_admin(method, target, order, road)
        if answer.status not in (200, 201):
            raise talk.Gone(f"{method} {target}: {answer}")
        return json.loads(answer.body)

    def call_admin(self, method, target, order=None, road=None):
        body = None if order is None else json.dumps(order).encode()
        head, body = talk.request(body, method, target, None, (), "application/json")
        connection = self.connect(road or "plain")
        try:
            connection.send(head + body)
            return connection.answer()
        finally:
            connection.close()

    # Connections

    def connect(self, kind):
        """A new connection. In a window of refusals or of TLS faults it is tried again."""
        began = time.monotonic()
        while True:
            try:
                return talk.Connection(self.roads, kind)
            except talk.Gone as gone:
                excused = self.refusing.touched(began)
                excused |= kind != "plain" and self.tls.touched(began)
                if not excused:
                    self.complain("connect", kind, f"{gone}: {gone.__cause__!r}")
                    raise
                self.count("connections refused on purpose")
                if self.stop.wait(0.05):
                    raise

    def kind(self, chance):
        return chance.choice(("plain", "tls", "tunnel")) if self.roads.context else "plain"

    def disturbed(self, since):
        """Whether a connection may have been refused, or ended, on account of another client's wish."""
        windows = (self.refusing, self.tls, self.starved)
        return any(window.touched(since) for window in windows)

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

    def has_played(self, pair):
        with self.lock:
            self.played[pair] += 1
