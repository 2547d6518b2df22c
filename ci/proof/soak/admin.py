"""The other side of the mock under soak: administrators, reloads, and watchers of the feed.

What concerns one key is done to keys that no caller has armed; what concerns all keys opens the
window in which callers forgive an emptied queue.
"""

import json
import random
import signal

import talk

READ = (
    "requests", "requests?limit=50", "requests/unexpected", "requests/unmatched",
    "requests/unmatched/near-misses", "mappings", "mappings/two-faces", "scenarios", "accounts",
    "coverage", "coverage?format=text", "coverage?since=start", "settings", "health", "version",
    "contract", "openapi.json", "tls", "queue?api_key=soak-admin",
)  # fmt: skip
QUERIES = (
    {}, {"status": 422}, {"service_choice": 12, "width": {"min": 50}}, {"code": ""},
    {"scenario": "queue"}, {"api_key": "soak-1-1"}, {"headers": {"X-Mock-Scenario": "*"}},
)  # fmt: skip
WRONG = (
    ("PUT", "mappings", {"scenarios": [{"name": "x", "steps": [{"fault": "no-such"}]}]}, 422),
    ("POST", "queue", {"api_key": "soak-admin"}, 422),
    ("GET", "no-such-path", None, 404),
    ("DELETE", "health", None, 405),
    ("POST", "settings", {"journal_entries": 0}, 422),
)
ONE_KEY = (
    ("DELETE", "requests"), ("POST", "scenarios/reset"), ("DELETE", "queue"), ("POST", "reset"),
    ("POST", "accounts/reset"), ("DELETE", "coverage"),
)  # fmt: skip
ALL_KEYS = (
    ("DELETE", "requests"), ("DELETE", "mappings"), ("POST", "mappings/reset"), ("DELETE", "queue"),
    ("POST", "scenarios/reset"), ("POST", "accounts/reset"), ("POST", "reset"),
    ("DELETE", "coverage"),
)  # fmt: skip
RELOAD_S = 30  # a busy machine takes its time to look at the file
TLS_FAULTS = (
    "tls-expired", "tls-wrong-host", "tls-untrusted", "tls-stall", "tls-close-at-hello", "tls-alert",
    "tls-no-close-notify",
)  # fmt: skip


def document(chance):
    """Own scenarios that no caller meets by chance, and settings that cost no caller an answer."""
    scenarios = [
        {
            "name": f"own-{n}",
            "match": {"api_key": f"own-{n}-*", "headers": {"X-Soak": "*"}},
            "steps": [{"error": "ERROR_BLURRY_FACE", "times": 2}, {"delay": 5}],
            "then": chance.choice(("normal", "repeat-last", "restart")),
        }
        for n in range(chance.randint(1, 40))
    ]
    accounts = {f"own-{n}": {"credits": 1200, "concurrency": 3} for n in range(20)}
    return {"seed": chance.randrange(1000), "scenarios": scenarios, "accounts": accounts}


class Administrator:
    """One thread of admin calls. reload() writes the file of --scenarios anew and sends SIGHUP."""

    def __init__(self, world, number, scenario_file):
        self.world, self.number, self.file = world, number, scenario_file
        self.chance = random.Random(f"{world.seed} admin {number}")

    def run(self):
        acts = [self.read, self.query, self.wrong, self.one_key, self.own_key] * 8
        acts += [self.mapping, self.all_keys, self.load, self.reload, self.settings]
        if self.world.roads.context:
            acts.append(self.tls_fault)
        while not self.world.stop.is_set():
            if self.world.gate.is_closed():
                self.world.gate.rest(self.world.stop)
                continue
            act = self.chance.choice(acts)
            try:
                act()
            except talk.Gone:
                self.world.count("given up")
            except Exception as error:  # pylint: disable=broad-except
                self.world.complain("soak", act.__name__, f"{type(error).__name__}: {error}")
            self.world.stop.wait(self.chance.uniform(0, 0.1))

    def call(self, method, path, order=None, status=(200, 201)):
        """An admin call whose status is known; its document."""
        target = path if path.startswith("/") else f"/__admin/{path}"
        answer = self.world.call_admin(method, target, order, self.world.kind(self.chance))
        self.world.count("judged: admin calls")
        if answer.excuse:
            return None
        if answer.end != "whole" or answer.status not in status:
            self.world.complain("admin", f"{method} {path}", f"expected {status}, got {answer}")
            return None
        kind = answer.headers.get("content-type", "")
        return json.loads(answer.body) if kind == "application/json" else answer.body

    def read(self):
        self.call("GET", self.chance.choice((*READ, "/metrics", "/__admin/")))

    def query(self):
        query = self.chance.choice(QUERIES)
        self.call("POST", f"requests/{self.chance.choice(('find', 'count', 'near-misses'))}", query)
        wait = f"at_least={self.chance.choice((1, 10**5))}&wait_ms={self.chance.randint(1, 300)}"
        self.call("POST", f"requests/count?{wait}", query, (200, 503))

    def wrong(self):
        method, path, order, status = self.chance.choice(WRONG)
        self.call(method, path, order, (status, 400))

    def one_key(self):
        method, path = self.chance.choice(ONE_KEY)
        self.call(method, f"{path}?api_key=soak-admin")

    def own_key(self):
        """A locked account refuses, and an armed step answers: of a key that only this thread has."""
        key = f"admin-{self.number}-{self.chance.randrange(10)}"
        with self.world.account:
            self.call("PUT", "accounts", {"accounts": {key: {"locked": True}}})
            head, body = talk.request(talk.form(self.world.picture), key=key)
            connection = self.world.connect("plain")
            connection.send(head + body)
            answer = connection.answer()
            connection.close()
            self.call("PUT", "accounts", {"accounts": {key: {"locked": False}}})
        if answer.status != 403 and not answer.excuse:
            self.world.complain("account", "locked", f"expected 403, got {answer}")
        self.world.count("judged: locked accounts")

    def mapping(self):
        name = f"own-admin-{self.chance.randrange(20)}"
        self.call("POST", "mappings", {"name": name, "steps": [{"delay": 1}]})
        self.call("GET", f"mappings/{name}", None, (200, 404))  # another one's reset takes it away
        self.call("POST", f"scenarios/{name}/reset", None, (200, 404))
        self.call("DELETE", f"mappings/{name}", None, (200, 404))

    def all_keys(self):
        method, path = self.chance.choice(ALL_KEYS)
        with self.world.account, self.world.resetting:
            self.call(method, path)

    def load(self):
        with self.world.account, self.world.resetting:
            self.call("PUT", "mappings", document(self.chance))

    def reload(self):
        """The mock loads the file because it has changed, or because it is told to. Either is over when
        its effect is seen: only then the window closes."""
        with self.world.account, self.world.resetting:
            if self.chance.random() < 0.5:
                self._change_the_file()
            else:
                self.call("POST", "mappings", {"name": "own-passing", "steps": [{"delay": 1}]})
                self.world.mock.send_signal(signal.SIGHUP)
                self._await_mapping("own-passing", 404)
        self.world.count("reloads")

    def _change_the_file(self):
        told = document(self.chance)
        name = f"own-file-{self.world.number()}"
        told["scenarios"].append({"name": name, "match": {"api_key": "own-*"}, "steps": [{"delay": 1}]})
        with open(self.file + ".new", "w", encoding="ascii") as file:
            json.dump(told, file)
        self.world.replace(self.file + ".new", self.file)
        self._await_mapping(name, 200)

    def _await_mapping(self, name, status):
        limit = self.world.now() + RELOAD_S
        while not self.world.stop.wait(0.05):
            answer = self.world.call_admin("GET", f"/__admin/mappings/{name}")
            if answer.status == status:
                return
            if self.world.now() > limit:
                self.world.complain("reload", name, f"expected {status} after {RELOAD_S} s, got {answer}")
                return

    def settings(self):
        entries = self.chance.choice((100, 300, 500))
        self.call("POST", "settings", {"journal_entries": entries, "journal_bodies": entries == 300})

    def tls_fault(self):
        """Armed for the next two connections of any client; over when none is left."""
        fault = self.chance.choice(TLS_FAULTS)
        with self.world.tls:
            self.call("POST", "tls", {"fault": fault, "connections": 2})
            while not self.world.stop.wait(0.05):
                waiting = self.call("GET", "tls")
                if not waiting or not waiting["tls"]:
                    break
        self.world.count("faults of TLS")


class Watcher:
    """One thread that follows the feed, and leaves in one of four ways."""

    def __init__(self, world, number):
        self.world = world
        self.chance = random.Random(f"{world.seed} watcher {number}")

    def run(self):
        while not self.world.stop.is_set():
            if self.world.gate.is_closed():
                self.world.gate.rest(self.world.stop)
                continue
            try:
                self.watch()
            except talk.Gone:
                self.world.count("given up")
            except Exception as error:  # pylint: disable=broad-except
                self.world.complain("soak", "watch", f"{type(error).__name__}: {error}")

    def watch(self):
        began = self.world.now()
        connection = self.world.connect(self.world.kind(self.chance))
        after = f"?after={self.chance.randrange(5000)}" if self.chance.random() < 0.3 else ""
        connection.send(talk.request(None, "GET", f"/__admin/events{after}", None)[0])
        end = connection.read_some(1)
        reads = self.chance.random() < 0.8
        until = began + self.chance.uniform(0.1, 8)
        while reads and not end and self.world.now() < until and not self.world.stop.is_set():
            connection.sock.settimeout(until - self.world.now() + 0.1)
            end = connection.read_some(len(connection.unread) + 1)
        if not reads:
            self.world.stop.wait(until - began)
        answer = talk.Answer(connection.unread, end or "whole")
        answer.excuse = connection.excuse(connection, answer)
        self.judge(answer)
        connection.reset() if self.chance.random() < 0.5 else connection.close()

    def judge(self, answer):
        self.world.count("judged: watchers of the feed")
        if not answer.raw and answer.excuse:
            return
        if answer.status == 503:  # all places were taken
            return
        wrong = answer.status != 200 or answer.headers.get("content-type") != "text/event-stream"
        for line in answer.body.split(b"\n")[:-1]:
            wrong |= bool(line) and not line.startswith((b"id:", b"event:", b"data:", b":", b"retry:"))
        if wrong:
            self.world.complain("feed", "a watcher", f"got {answer}")
