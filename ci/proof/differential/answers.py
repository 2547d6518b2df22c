"""Room answers: the client's reading of an answer, against JSON and Base64 of other languages.

Three looks: is the body one JSON object; has each field the same kind and value; is the picture, if
the client hands one out, byte by byte what the peer decodes.

Kinds: they_refuse (the client takes the body for an object), we_refuse, field (a field is not the
same), picture (the client's is not the peer's), no_picture (the client refuses the picture's Base64,
which the peer decodes), died.
"""
import os

import answer_inputs
import peers

NAME = "answers"
COUNT = 12000
SHORT_PEERS = ("python", "node")


def there(command):
    return (lambda inputs: peers.ask(command, inputs)), peers.reason_to_skip(command)


PEERS = {
    "python": lambda scratch: there(peers.python("answer_python.py")),
    "node": lambda scratch: there(peers.node("answer_node.js")),
    "go": lambda scratch: there(peers.compiled_go("answer_go", scratch)),
}


def ours(build):
    return lambda inputs: peers.ask([os.path.join(build, "differential", "our_answers")], inputs)


def inputs(dice, count, _):
    return answer_inputs.make(dice, count)


def words(answer):
    if "fields" not in answer:
        return answer.get("died") or answer.get("refused")
    return " ".join(
        "%s=%s:%s"
        % (path, kind, bytes.fromhex(value).decode("latin-1") if kind == "string" else value)
        for path, (kind, value) in answer["fields"].items()
        if kind != "absent"
    )


def compare_peer(given, mine, peer, his):
    facts = {
        "body": given.bytes[1:].decode("latin-1"),
        "ours": words(mine),
        "theirs": words(his),
        "origin": given.origin,
        "words": mine.get("words", ""),
        "field": "",
        "mine": "",
        "his": "",
    }
    if "died" in mine or "died" in his:
        return peer, "died", facts
    if ("fields" in mine) != ("fields" in his):
        return peer, "they_refuse" if "fields" in mine else "we_refuse", facts
    if "fields" not in mine:
        return peer, "agree", {}
    for path, value in mine["fields"].items():
        if value != his["fields"][path]:
            return (
                peer,
                "field",
                dict(facts, field=path, mine=str(value), his=str(his["fields"][path])),
            )
    if mine["picture"] and mine["picture"] != his["picture"]:
        return peer, "picture", facts
    if "is not plain Base64" in mine["words"] and his["picture"] is not None:
        return peer, "no_picture", facts
    return peer, "agree", {}


def compare(given, mine, theirs):
    return [compare_peer(given, mine, peer, his) for peer, his in theirs.items()]
