"""What must come for each scenario, typed here from the documentation, not asked of the mock.

Statuses of errors are the contract's table; a situation, a fault and a deviation has its row below.
A scenario without a row is a fault of this file, and the soak says so.
"""

import base64
import binascii
import gzip
import json

FILE_SIZE = "FILE_SIZE_EXCEEDS_LIMIT"
MEMBERS = ["request_id", "log_id", "error_code", "error_code_str", "error_msg", "error_detail"]
DETAILS = ["status_code", "code", "code_message", "message"]

# name: code, whose status is the contract's
SITUATIONS = {
    "no-face": "ERROR_NO_FACE_IN_FILE",
    "two-faces": "ERROR_NO_FACE_IN_FILE",
    "side-profile": "ERROR_NO_FACE_IN_FILE",
    "retired": "ERROR_AI_NOT_EXISTS",
    "upstream-file-type": "AI_SERVICE_INTERNAL_ERROR",
    "no-credits": "ERROR_NOT_ENOUGH_CREDITS",
    "locked": "ERROR_USER_LOCKED",
    "rate-limited": "EXCEEDING_LIMITS",
}

# name: path; each gives missing-, null- and type-
FIELDS = {
    "request-id": ["request_id"],
    "log-id": ["log_id"],
    "error-code": ["error_code"],
    "error-code-str": ["error_code_str"],
    "error-msg": ["error_msg"],
    "error-detail": ["error_detail"],
    "status-code": ["error_detail", "status_code"],
    "detail-code": ["error_detail", "code"],
    "code-message": ["error_detail", "code_message"],
    "message": ["error_detail", "message"],
    "data": ["data"],
    "image": ["data", "image"],
}
KINDS = {"error_code": int, "status_code": int, "error_detail": dict, "data": dict}  # the rest: str

# Faults of the upload act only where the mock knows the cue before the body.
KNOWN_EARLY = ("key", "header", "queue")

# Faults that wait a minute: only the queue gives them a smaller amount.
STALLS = ("stall", "stall-upload", "stall-before-answer", "stall-mid-head", "stall-mid-answer")
AMOUNTS = {
    **dict.fromkeys(STALLS, 50),
    "slow-upload": 200000,
    "dribble": 200000,
    "late-continue": 20,
    "refuse-afterwards": 50,
    "json-huge": 300000,
}

# Faults after which the mock ends the connection: what is read to its end.
ENDING = {
    "reset-upload", "close-upload", "stall-upload", "reset-before-answer", "reset-mid-answer",
    "close-before-answer", "close-mid-answer", "cut-after", "stall", "stall-before-answer",
    "stall-mid-head", "stall-mid-answer", "length-too-long", "length-too-short", "broken-chunk",
    "garbage-status",
}  # fmt: skip


def ends(name, cue):
    if name.endswith("-upload") and cue not in KNOWN_EARLY:
        return False
    return name in ENDING


# Envelopes


def envelope_of(answer):
    """The document of an answer; ValueError when it is none."""
    return json.loads(answer.body.decode("utf-8"))


def picture_of(root):
    return base64.b64decode(root["data"]["image"], validate=True)


def judge_envelope(answer, status, code):
    """'' or what is wrong with an answer that is to be the documented envelope."""
    if answer.end != "whole" or answer.status != status:
        return f"expected {status}, whole"
    if answer.headers.get("content-type") != "application/json":
        return "expected application/json"
    root = envelope_of(answer)
    detail = root["error_detail"]
    good = status == 200
    if list(root) != MEMBERS + ["data"] * good or list(detail) != DETAILS:
        return "not the documented fields"
    if detail["code"] != code or root["error_code_str"] != code:
        return f"expected the code {code!r}"
    if detail["status_code"] != status or root["error_code"] != (0 if good else status):
        return "the numbers are not the status"
    if good and not picture_of(root).startswith(b"\xff\xd8\xff"):
        return "expected a JPEG"
    return ""



def judge_field(name, answer):
    how, _, field = name.partition("-")
    path = FIELDS[field]
    if answer.end != "whole" or answer.status not in (200, 422):
        return "expected 200 or 422, whole"
    place = envelope_of(answer)
    for step in path[:-1]:
        place = place[step]
    if how == "missing":
        return "" if path[-1] not in place else f"{path[-1]} is there"
    value = place[path[-1]]
    if how == "null":
        return "" if value is None else f"{path[-1]} is not null"
    usual = KINDS.get(path[-1], str)
    return "" if value is not None and not isinstance(value, usual) else f"{path[-1]} has its type"


def deviation(status, test):
    def judge(answer):
        if answer.end != "whole" or answer.status != status:
            return f"expected {status}, whole"
        root = envelope_of(answer)
        return "" if test(root, root["error_detail"]) else "the deviation is not there"

    return judge


DEVIATIONS = {
    "error-code-text": deviation(200, lambda root, detail: root["error_code"] == "0"),
    "error-in-200": deviation(200, lambda root, detail: root["error_code"] == 422),
    "status-mismatch": deviation(200, lambda root, detail: root["error_code"] not in (0, 200)),
    "extra-fields": deviation(200, lambda root, detail: len(root) > 7 and len(detail) > 4),
    "unknown-code": deviation(422, lambda root, detail: detail["code"] != "ERROR_NO_FACE_IN_FILE"),
    "empty-message": deviation(422, lambda root, detail: detail["message"] == ""),
    "same-request-id": deviation(200, lambda root, detail: len(root["request_id"]) == 36),
    "data-on-error": deviation(422, lambda root, detail: "data" in root),
}


# Faults


def whole(test):
    """A whole 200 whose bytes are damaged in a way that test() sees."""

    def judge(answer):
        if answer.end != "whole" or answer.status != 200:
            return "expected 200, whole"
        return "" if test(answer) else "the damage is not there"

    return judge


def ended(test, *ways):
    """Bytes up to an end that is one of ways."""

    def judge(answer):
        through_tls = answer.where and ", plain" not in answer.where
        if answer.end not in ways and not (through_tls and answer.end == "closed"):
            return f"expected the end {' or '.join(ways)}"
        return "" if test(answer) else "not what was to come before the end"

    return judge


def no_json(answer):
    try:
        envelope_of(answer)
    except ValueError:
        return True
    return False


def no_base64(answer):
    try:
        picture_of(envelope_of(answer))
    except (ValueError, binascii.Error):
        return True
    return False


def cut_body(answer):
    return answer.has_head and answer.status == 200 and len(answer.body) < answer.length()


def nothing(answer):
    return answer.raw == b""


def image_text(answer):
    return envelope_of(answer)["data"]["image"]


def twice(answer):
    return answer.body.count(b'"error_detail"') == 2


FAULTS = {
    "reset-upload": ended(nothing, "reset"),
    "close-upload": ended(nothing, "closed", "reset"),  # reset: bytes of ours came too late
    "stall-upload": ended(nothing, "closed", "reset"),
    "reset-before-answer": ended(nothing, "reset"),
    "reset-mid-answer": ended(lambda a: not a.has_head or cut_body(a), "reset"),
    "close-before-answer": ended(nothing, "closed"),
    "close-mid-answer": ended(cut_body, "closed"),
    "cut-after": ended(lambda a: len(a.raw) == 100, "closed"),
    "stall": ended(nothing, "closed"),
    "stall-before-answer": ended(nothing, "closed"),
    "stall-mid-head": ended(lambda a: a.raw and not a.has_head, "closed"),
    "stall-mid-answer": ended(cut_body, "closed"),
    "length-too-long": ended(lambda a: len(a.body) + 10 == a.length(), "closed"),
    "length-too-short": ended(lambda a: len(a.body) - 10 == a.length(), "closed"),
    "broken-chunk": ended(lambda a: a.headers.get("transfer-encoding") == "chunked", "closed"),
    "garbage-status": ended(lambda a: a.raw and not a.has_head, "closed"),
    "wrong-content-type": whole(lambda a: a.headers["content-type"].startswith("text/html")),
    "gzip-undeclared": whole(lambda a: json.loads(gzip.decompress(a.body))["error_code"] == 0),
    "html-body": whole(lambda a: a.headers["content-type"].startswith("text/html")),
    "empty-body": whole(lambda a: a.body == b""),
    "json-truncated": whole(no_json),
    "json-garbage": whole(no_json),
    "json-array": whole(lambda a: isinstance(envelope_of(a), list)),
    "json-duplicate-key": whole(twice),
    "json-invalid-utf8": whole(no_json),
    "json-huge": whole(lambda a: len(a.body) >= AMOUNTS["json-huge"]),
    "base64-data-prefix": whole(lambda a: image_text(a).startswith("data:image/jpeg;base64,")),
    "base64-line-breaks": whole(lambda a: "\n" in image_text(a)),
    "base64-url-alphabet": whole(lambda a: not set(image_text(a)) & set("+/")),
    "base64-bad-padding": whole(no_base64),
    "base64-no-image": whole(lambda a: not picture_of(envelope_of(a)).startswith(b"\xff\xd8")),
    "base64-half-image": whole(lambda a: not picture_of(envelope_of(a)).endswith(b"\xff\xd9")),
}
AS_USUAL = ("success", "slow", "slow-upload", "no-continue", "late-continue", "dribble", "refuse-afterwards")
SHOWN = "x-mock-scenario"


class Expectations:
    """Made of the contract's errors: name to status."""

    def __init__(self, errors):
        self.errors = errors

    def knows(self, name):
        return (
            name in self.errors
            or name in SITUATIONS
            or name in FAULTS
            or name in DEVIATIONS
            or name in AS_USUAL
            or name.partition("-")[2] in FIELDS
            or name in ("gateway-html-502", "gateway-empty-504", "early-413")
        )

    def complaint(self, name, cue, answer, shown):
        """'' when the answer is that of the scenario, asked for by that cue, and its head says so."""
        try:
            wrong = self._judge(name, cue, answer)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            wrong = f"{type(error).__name__}: {error}"
        if not wrong and answer.has_head and answer.headers.get(SHOWN) != shown:
            wrong = f"answered by {answer.headers.get(SHOWN)}"
        return wrong

    def _judge(self, name, cue, answer):
        if name.endswith("-upload") and cue not in KNOWN_EARLY:
            return judge_envelope(answer, 200, "")
        if name == "early-413":
            early = cue in KNOWN_EARLY
            return judge_envelope(answer, *((413, FILE_SIZE) if early else (200, "")))
        if name == "gateway-html-502":
            return "" if answer.status == 502 and b"<h1>" in answer.body else "expected 502 in HTML"
        if name == "gateway-empty-504":
            return "" if answer.status == 504 and not answer.body else "expected 504, empty"
        code = SITUATIONS.get(name, name)
        if code in self.errors:
            return judge_envelope(answer, self.errors[code], code)
        if name in AS_USUAL:
            return judge_envelope(answer, 200, "")
        judge = FAULTS.get(name) or DEVIATIONS.get(name)
        return judge(answer) if judge else judge_field(name, answer)
