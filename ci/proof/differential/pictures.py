"""Room pictures: what the mock's judge and the client's preflight say of a file, against decoders.

A file is read when it decodes to its last row without a warning; readings are alike when both read
or both refuse, and say the same width and height.

Kinds: size (both read it, with another width or height), they_refuse (the mock reads it),
we_refuse (the peer reads it), client_refuses (the mock reads it and the preflight does not),
client_size, died. The preflight has no codec: that it lets pass what does not decode is its nature.
"""
import os

import peers
import picture_inputs

NAME = "pictures"
COUNT = 2500
SHORT_PEERS = ("pillow",)


def there(command):
    return (lambda inputs: peers.ask(command, inputs)), peers.reason_to_skip(command)


PEERS = {
    "go": lambda scratch: there(peers.compiled_go("picture_go", scratch)),
    "pillow": lambda scratch: there(peers.python("picture_pillow.py")),
    "vips": lambda scratch: there(peers.python("picture_vips.py")),
    "djpeg": lambda scratch: there(peers.python("picture_tools.py", "djpeg")),
    "pngcheck": lambda scratch: there(peers.python("picture_tools.py", "pngcheck")),
}


def adapter(build):
    return [os.path.join(build, "differential", "our_pictures")]


def ours(build):
    return lambda inputs: peers.ask(adapter(build), inputs)


def inputs(dice, count, options):
    return picture_inputs.make(dice, count, adapter(options.build))


def facts_of(given, mine, his):
    kind = {b"\xff\xd8": "jpeg", b"\x89P": "png"}.get(given.bytes[:2], "other")
    return {
        "kind": kind,
        "origin": given.origin,
        "bytes": given.bytes.decode("latin-1"),
        "ours": mine["mock"]["why"],
        "client": mine["client"]["why"],
        "size": "%d x %d" % (mine["mock"]["width"], mine["mock"]["height"]),
        "oddities": str(mine["mock"]["oddities"]),
        "theirs": his.get("refused") or his.get("died") or str(his),
    }


def size(one):
    return one["width"], one["height"]


def compare_peer(given, mine, peer, his):
    facts = facts_of(given, mine, his)
    if "skipped" in his:
        return peer, "not_asked", {}
    if "died" in his:
        return peer, "died", facts
    if mine["mock"]["reads"] != ("width" in his):
        return peer, "they_refuse" if mine["mock"]["reads"] else "we_refuse", facts
    if mine["mock"]["reads"] and size(mine["mock"]) != size(his):
        return peer, "size", facts
    return peer, "agree", {}


def compare_client(given, mine):
    """The two of ours: the preflight must not keep a picture back that the service would take."""
    facts = facts_of(given, mine, {"refused": mine["client"]["why"]})
    if mine["mock"]["reads"] and not mine["client"]["reads"]:
        return "ours", "client_refuses", facts
    if mine["mock"]["reads"] and size(mine["mock"]) != size(mine["client"]):
        return "ours", "client_size", facts
    return "ours", "agree", {}


def compare(given, mine, theirs):
    if "died" in mine:
        return [("ours", "died", {"origin": given.origin, "theirs": mine["died"]})]
    return [compare_client(given, mine)] + [
        compare_peer(given, mine, peer, his) for peer, his in theirs.items()
    ]
