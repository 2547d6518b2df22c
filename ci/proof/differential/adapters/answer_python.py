"""Answers as Python's json and base64 read them."""
import base64
import json

from records import answer_all

FIELDS = (
    "request_id",
    "log_id",
    "error_code",
    "error_code_str",
    "error_msg",
    "error_detail",
    "error_detail.status_code",
    "error_detail.code",
    "error_detail.code_message",
    "error_detail.message",
    "data",
    "data.image",
)
KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


class Pairs(dict):
    """An object that remembers which keys came twice."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.twice = sorted(
            {key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1}
        )


def field(value):
    kind = KINDS[type(value)] if not isinstance(value, Pairs) else "object"
    if kind == "string":
        return [kind, value.encode("utf-8", "surrogatepass").hex()]
    return [kind, value if kind == "integer" else None]


def pick(root, path):
    for key in path.split("."):
        if not isinstance(root, dict) or key not in root:
            return ["absent", None]
        root = root[key]
    return field(root)


def constant(name):
    raise ValueError("%s is no JSON" % name)


def read(record):
    root = json.loads(record[1:].decode("utf-8"), object_pairs_hook=Pairs, parse_constant=constant)
    if not isinstance(root, dict):
        raise ValueError("no object")
    answer = {
        "fields": {path: pick(root, path) for path in FIELDS},
        "picture": None,
        "twice": " ".join(
            sum(
                (
                    one.twice
                    for one in (root, root.get("error_detail"), root.get("data"))
                    if isinstance(one, Pairs)
                ),
                [],
            )
        ),
    }
    kind, text = answer["fields"]["data.image"]
    if kind == "string":
        try:
            answer["picture"] = base64.b64decode(bytes.fromhex(text), validate=True).hex()
        except ValueError as wrong:
            answer["no_picture"] = str(wrong)
    return answer


answer_all(read)
