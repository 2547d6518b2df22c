"""Clients that call the endpoint: in good order, in bad order, and those that leave.

Every act is a function of a Caller and is in ACTS with its weight. What is answered is judged; an
answer that a client did not wait for is not.
"""

import contextlib
import random
import time

import talk
from expect import AMOUNTS, SHOWN, STALLS, ends, judge_envelope
from world import IDLE, REFUSED

REST_S = 1.0  # far below the mock's idle time: a connection that rested so long must serve again

# What is wrong with the request, the request, and what it is answered with.
REFUSALS = (
    ("no key", {"key": None}, 401, "ERROR_USER_NOT_EXISTS"),
    ("another path", {"target": "/api/portrait/effects/emotion"}, 404, "ERROR_AI_NOT_EXISTS"),
    ("another method", {"method": "PUT"}, 405, "ERROR_ILLEGAL_OPERATION"),
    ("no form", {"content_type": "application/json"}, 400, "ERROR_PARAMETERS"),
    ("no end of the form", {"cut": True}, 400, "ERROR_PARAMETERS"),
    ("no picture", {"image": None}, 400, "MISSING_PARAMETERS"),
    ("an empty picture", {"image": b""}, 400, "PARAMETERS_CANNOT_EMPTY"),
    ("no expression", {"choice": "17"}, 400, "ERROR_INVALID_PARAMETER"),
    ("a text as the picture", {"image": b"no picture"}, 415, "UNSUPPORTED_FILE_TYPES"),
    ("half a picture", {"half": True}, 422, "FILE_DECODING_FAILURE"),
    ("too many bytes", {"large": True}, 413, "FILE_SIZE_EXCEEDS_LIMIT"),
    ("an unknown cue", {"key": "mock:NO_SUCH_SCENARIO"}, 400, "ERROR_PARAMETERS"),
)
SLOW_S = 1
LARGE = b"\xff\xd8\xff" + bytes(5 * 1024 * 1024)


class Caller:
    """One thread. Keys of its own: what one arms, no other takes."""

    def __init__(self, world, number):
        self.world, self.number = world, number
        self.chance = random.Random(f"{world.seed} {number}")
        self.connection = None

    def run(self):
        acts, weights = zip(*ACTS)
        while not self.world.stop.is_set():
            if self.world.gate.is_closed():
                self.leave()
                self.world.gate.rest(self.world.stop)
                continue
            act = self.chance.choices(acts, weights)[0]
            try:
                act(self)
            except talk.Gone:
                self.world.count("given up")  # connect() has complained where that is wrong
            except Exception as error:  # pylint: disable=broad-except
                self.world.complain("soak", act.__name__, f"{type(error).__name__}: {error}")
        self.leave()

    def key(self):
        return f"soak-{self.number}-{self.chance.randrange(20)}"

    def key_of_leaver(self):
        """Of a request whose answer is not awaited. The mock may serve it later, and must not take the
        step that this caller has armed for its next request."""
        return f"left-{self.number}-{self.chance.randrange(20)}"

    def leave(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def fresh(self):
        self.leave()
        self.connection = self.world.connect(self.world.kind(self.chance))
        return self.connection

    def kept(self):
        """The connection of the last call, when it goes on and has not rested for long."""
        kept = self.connection
        if kept and kept.goes_on and not kept.unread and time.monotonic() - kept.rested < REST_S:
            return kept
        return self.fresh()

    # One call

    def prepare(self, name, cue, key):
        """Head and body of a call that asks for the scenario; and what X-Mock-Scenario must say."""
        image, file_name, more, shown = self.world.picture, "portrait.jpg", [], name
        if cue == "key":
            key = f"mock:{name}@{key}"
        elif cue == "header":
            more = [f"X-Mock-Scenario: {name}"]
        elif cue == "file":
            file_name = f"mock-{name}.jpg"
        elif cue == "picture":
            image = talk.with_comment(image, f"mock:{name}")
        else:
            shown = "queue"
            self.queue(name, key)
        if name in ("no-continue", "late-continue"):
            more = [*more, "Expect: 100-continue"]
        return *talk.request(talk.form(image, "12", file_name), key=key, more=more), shown

    def queue(self, name, key):
        step = dict(self.world.steps[name])
        if name in AMOUNTS:
            fault = step["fault"]
            fault = fault["name"] if isinstance(fault, dict) else fault
            step["fault"] = {"name": fault, "amount": AMOUNTS[name]}
        if name == "slow":
            step["delay"] = 50
        self.world.ask("POST", "/__admin/queue", {"api_key": key, "steps": [step]})

    def exchange(self, data, to_end):
        """Sends and reads. A kept connection that rested briefly must serve; the request is sent again
        only where there is an excuse for the mock, which then has not read it. To the end, nothing may
        be just what was asked for: sent again, the request would find its step taken."""
        while True:
            connection = self.fresh() if to_end else self.kept()
            connection.send(data)
            answer = connection.read_to_end() if to_end else connection.answer()
            if to_end or not answer.keeps:
                self.leave()
            if answer.excuse:
                self.world.count(f"excused: {answer.excuse}")
            again = answer.excuse in (REFUSED, IDLE)
            if to_end or not again or self.world.stop.is_set():
                return answer


def call(caller):
    """The next scenario through its cue, judged."""
    world = caller.world
    name, cue = world.deal()
    if name in STALLS and cue != "queue" and (cue in ("key", "header") or name != "stall-upload"):
        leave_the_waiting(caller, name, cue)
        return
    began, key = time.monotonic(), caller.key()
    with world.refusal() if name == "refuse-afterwards" else contextlib.nullcontext():
        try:
            head, body, shown = caller.prepare(name, cue, key)
            answer = caller.exchange(head + body, ends(name, cue))
        finally:
            if cue == "queue":  # where no answer came, the step may still wait for this caller's next
                world.ask("DELETE", f"/__admin/queue?api_key={key}")
    if cue == "queue" and world.resetting.touched(began):
        world.count("not judged: a reset may have emptied the queue")
        return
    wrong = world.expectations.complaint(name, cue, answer, shown)
    if wrong and not answer.excuse:
        world.complain(name, f"by {cue}", f"{wrong}; got {answer}")
    world.count(f"judged: scenarios by {cue}")
    world.has_played((name, cue))


def leave_the_waiting(caller, name, cue):
    """A scenario that waits for a minute: the client does not."""
    head, body, _ = caller.prepare(name, cue, caller.key_of_leaver())
    connection = caller.fresh()
    connection.send(head + body)
    connection.sock.settimeout(caller.chance.uniform(0.05, 0.5))
    answer = connection.read_to_end()
    if answer.end != "time" and not answer.excuse:
        caller.world.complain(name, f"by {cue}", f"expected silence, got {answer}")
    caller.world.count("left: while the mock waits")
    caller.world.has_played((name, cue))
    leave_somehow(caller)


def plain_success(caller):
    """Several calls on one connection, without a cue."""
    for _ in range(caller.chance.randint(1, 8)):
        if caller.world.stop.is_set():
            return
        judge_plain(caller, "success", *talk.request(form_of(caller), key=caller.key()), 200, "")


def form_of(caller, **more):
    choice = str(caller.chance.choice((10, 11, 12, 13, 14, 15, 16, 100)))
    return talk.form(caller.world.picture, choice, **more)


def judge_plain(caller, what, head, body, status, code):
    judge_usual(caller, what, caller.exchange(head + body, False), status, code)


def judge_usual(caller, what, answer, status, code):
    world = caller.world
    try:
        wrong = judge_envelope(answer, status, code)
    except (ValueError, KeyError, TypeError) as error:
        wrong = f"{type(error).__name__}: {error}"
    if not wrong and SHOWN in answer.headers:
        wrong = f"a scenario that this client did not ask for: {answer.headers[SHOWN]}"
    if wrong and not answer.excuse:
        world.complain("call", what, f"{wrong}; got {answer}")
    world.count(f"judged: {'successes' if status == 200 else 'refusals'}")


def refusal(caller):
    """A request with one fault, of the table."""
    what, how, status, code = caller.chance.choice(REFUSALS)
    how = dict(how)
    image = how.pop("image", caller.world.picture)
    if how.pop("half", False):
        image = image[: len(image) // 2]
    if how.pop("large", False):
        image = LARGE
    choice, cut = how.pop("choice", "12"), how.pop("cut", False)
    body = talk.form(image or b"", choice)
    if image is None:
        body = talk.part("service_choice", b"12") + f"--{talk.BOUNDARY}--\r\n".encode()
    body = body[:-20] if cut else body
    how.setdefault("key", caller.key())
    judge_plain(caller, what, *talk.request(body, **how), status, code)


def credits(caller):
    head, body = talk.request(None, "GET", "/api/common/query-credits", caller.key())
    answer = caller.exchange(head + body, False)
    if answer.status != 200 and not answer.excuse:
        caller.world.complain("call", "query-credits", f"expected 200, got {answer}")
    caller.world.count("judged: balances")


def pipeline(caller):
    """Some requests in one write; their answers come in order."""
    codes = caller.chance.choices(sorted(caller.world.expectations.errors), k=3)
    data = b""
    for code in codes:
        data += b"".join(caller.prepare(code, "header", caller.key_of_leaver())[:2])
    connection = caller.fresh()
    connection.send(data)
    for code in codes:
        answer = connection.answer()
        wrong = caller.world.expectations.complaint(code, "header", answer, code)
        if wrong and not answer.excuse:
            caller.world.complain(code, "in a pipeline", f"{wrong}; got {answer}")
        if not answer.keeps:
            break
        caller.world.count("judged: in a pipeline")
    if caller.chance.random() < 0.5:
        leave_somehow(caller)


def half_close(caller):
    """The client says that it sends no more: it is answered all the same."""
    connection = caller.fresh()
    connection.send(b"".join(talk.request(form_of(caller), key=caller.key())))
    connection.half_close()
    judge_usual(caller, "half-closed", connection.answer(), 200, "")
    caller.leave()


def cut_upload(caller):
    """The client ends its side in the middle of the body: that is a refusal, if it is answered."""
    connection = caller.fresh()
    head, body = talk.request(form_of(caller), key=caller.key_of_leaver())
    connection.send(head + body[: caller.chance.randrange(1, len(body))])
    connection.half_close()
    if connection.kind == "plain":
        answer = connection.answer()
        judge_usual(caller, "cut upload", answer, 400, "ERROR_PARAMETERS")
    caller.world.count("left: half-closed in the upload")
    caller.leave()


# Those that leave


def leave_somehow(caller):
    """By FIN or by RST."""
    if caller.connection and caller.chance.random() < 0.5:
        caller.connection.reset()
        caller.connection = None
    caller.leave()


def leave_in_head(caller):
    head, _ = talk.request(form_of(caller), key=caller.key_of_leaver())
    caller.fresh().send(head[: caller.chance.randrange(len(head))])
    caller.world.count("left: in the head")
    leave_somehow(caller)


def leave_in_upload(caller):
    large = caller.chance.random() < 0.2
    body = talk.form(LARGE[: 2 << 20]) if large else form_of(caller)
    head, body = talk.request(body, key=caller.key_of_leaver())
    caller.fresh().send(head + body[: caller.chance.randrange(len(body))])
    caller.world.count("left: in the upload")
    leave_somehow(caller)


def leave_in_answer(caller):
    """With a few bytes read, of an answer that may be large."""
    name = caller.chance.choice(("success", "json-huge", "dribble", "base64-line-breaks", "slow"))
    head, body, _ = caller.prepare(name, caller.chance.choice(("key", "header")), caller.key_of_leaver())
    connection = caller.fresh()
    connection.send(head + body)
    connection.sock.settimeout(5)
    connection.read_some(caller.chance.choice((1, 50, 200, 2000, 200000)))
    caller.world.count("left: in the answer")
    leave_somehow(caller)


def leave_at_once(caller):
    """With the whole request sent and nothing read."""
    caller.fresh().send(b"".join(talk.request(form_of(caller), key=caller.key_of_leaver())))
    caller.world.count("left: before the answer")
    leave_somehow(caller)


def idle(caller):
    """A kept connection that rests, until the mock has enough of it or the client has."""
    connection = caller.fresh()
    connection.send(b"".join(talk.request(form_of(caller), key=caller.key())))
    judge_usual(caller, "before a rest", connection.answer(), 200, "")
    connection.sock.settimeout(caller.chance.uniform(0.2, 13))
    connection.read_some(1)
    caller.world.count("left: a connection that rested")
    leave_somehow(caller)


def slow_head(caller):
    """A request that comes in pieces."""
    connection = caller.fresh()
    head, body = talk.request(form_of(caller), key=caller.key())
    data = head + body
    cuts = sorted(caller.chance.randrange(len(data)) for _ in range(6))
    for start, end in zip([0, *cuts], [*cuts, len(data)]):
        connection.send(data[start:end])
        caller.world.stop.wait(0.01)
    judge_usual(caller, "in pieces", connection.answer(), 200, "")


# Whether the machine has a processor left for them


def feel_the_pulse(world):
    """Asks for the mock's health all the time, also while all others rest."""
    while not world.stop.wait(0.5):
        began = time.monotonic()
        try:
            answer = world.call_admin("GET", "/__admin/health")
        except talk.Gone:
            continue
        if answer.status != 200 and not answer.excuse:
            world.complain("admin", "health", f"got {answer}")
        world.count("judged: health")
        if time.monotonic() - began > SLOW_S:
            world.count("times that mock or clients got no processor for a second")


ACTS = (
    (call, 60),
    (plain_success, 4),
    (refusal, 8),
    (credits, 2),
    (pipeline, 4),
    (half_close, 3),
    (cut_upload, 3),
    (leave_in_head, 2),
    (leave_in_upload, 4),
    (leave_in_answer, 4),
    (leave_at_once, 3),
    (idle, 1),
    (slow_head, 2),
)
