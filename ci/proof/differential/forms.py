"""Room forms: multipart/form-data, the mock against the parsers of other languages.

Two readings are alike when they have the same fields, names and values byte by byte; their order
does not count, for many parsers keep fields and files apart.

Kinds: differ (both read it, not alike), they_refuse (the mock reads it), we_refuse (of at least four
peers all but one read it alike, and the mock refuses), few_read (the mock reads what at most one peer
reads so), died. Where peers disagree among themselves the mock's refusal is its policy, and counts
as agreement.
"""
import os
import re

import form_inputs
import peers

NAME = "forms"
COUNT = 8000
SHORT_PEERS = ("undici", "email")
NOT_ASKED = "not_asked"
DOCUMENTED = tuple(name.encode().hex() for name in ("image_target", "service_choice"))


def adapter(command):
    return lambda inputs: peers.ask(command, inputs)


def there(command):
    return adapter(command), peers.reason_to_skip(command)


PEERS = {
    "go": lambda scratch: there(peers.compiled_go("form_go", scratch)),
    "php": lambda scratch: there(peers.python("form_php.py")),
    "busboy": lambda scratch: there(peers.node("form_busboy.js")),
    "undici": lambda scratch: there(peers.node("form_undici.js")),
    "werkzeug": lambda scratch: there(peers.python("form_werkzeug.py")),
    "python-multipart": lambda scratch: there(peers.python("form_multipart.py")),
    "django": lambda scratch: there(peers.python("form_django.py")),
    "email": lambda scratch: there(peers.python("form_email.py")),
}


def ours(build):
    return adapter([os.path.join(build, "differential", "our_forms")])


def inputs(dice, count, options):
    return form_inputs.make(dice, count, not options.short)


def reading(answer, alone=None):
    """What two readings have to share; None for a refusal. alone: these fields and no others."""
    fields = answer.get("fields")
    if fields is None:
        return None
    return sorted(tuple(one) for one in fields if alone is None or one[0] in alone)


def compared(mine):
    """Of many fields the mock keeps the first, and the documented ones: only those can be compared."""
    return DOCUMENTED if mine.get("kept") != mine.get("count") else None


def takes(mine):
    """The mock also refuses a form that lacks a documented field."""
    names = [name for name, _ in mine.get("fields", ())]
    return all(name in names for name in DOCUMENTED)


def words(answer):
    """The answer for people and for the rules of known disagreements."""
    if "fields" not in answer:
        return answer.get("died") or answer.get("refused") or answer.get("skipped")
    return "; ".join(
        "%s=%s" % tuple(bytes.fromhex(one).decode("latin-1") for one in field)
        for field in answer["fields"]
    )


def difference(mine, his):
    """In a word, how far two readings are apart."""
    if len(mine) != len(his):
        return "count"
    if sorted(name for name, _ in mine) != sorted(name for name, _ in his):
        return "names"
    return "values"


def marked(kind, body):
    """The body with <B> for each "--BOUNDARY", so that a rule can say what stands around it."""
    found = re.findall(r'boundary="?([^";\s]+)', kind, re.I)
    return body.replace("--" + found[-1], "<B>") if found else body


def facts_of(given, mine, his):
    kind, _, body = given.bytes.decode("latin-1").partition("\n")
    return {
        "type": kind,
        "body": marked(kind, body),
        "ours": words(mine),
        "theirs": words(his),
        "origin": given.origin,
        "diff": difference(mine["fields"], his["fields"])
        if "fields" in mine and "fields" in his
        else "",
    }


def compare_reader(given, mine, peer, his):
    facts = facts_of(given, mine, his)
    if "died" in his:
        return peer, "died", facts
    alone = compared(mine)
    if reading(mine, alone) == reading(his, alone):
        return peer, "agree", {}
    return peer, "they_refuse" if reading(his) is None else "differ", facts


def compare_refusal(given, mine, asked):
    """The mock refuses: that is wrong where all readers but one agree what the form says. A few
    readers tell nothing."""
    readings = [reading(his) for his in asked.values()]
    alike = max((readings.count(one) for one in readings if one is not None), default=0)
    if alike >= 4 and alike >= len(readings) - 1:
        first = next(his for his in asked.values() if readings.count(reading(his)) == alike)
        if takes(first):
            return [("ours", "we_refuse", facts_of(given, mine, first))]
    return [(peer, "agree", {}) for peer in asked]


def compare_reading(given, mine, asked):
    """The mock reads: every reader that reads should read the same, and one of them alone is too few."""
    found = [compare_reader(given, mine, peer, his) for peer, his in asked.items()]
    agree = sum(kind == "agree" for _, kind, _ in found)
    if len(asked) >= 4 and agree < 2:
        found.append(("ours", "few_read", facts_of(given, mine, mine)))
    return found


def compare(given, mine, theirs):
    asked = {peer: his for peer, his in theirs.items() if "skipped" not in his}
    found = [(peer, NOT_ASKED, {}) for peer in theirs if peer not in asked]
    if "died" in mine:
        return found + [("ours", "died", facts_of(given, mine, mine))]
    if takes(mine):
        return found + compare_reading(given, mine, asked)
    return found + compare_refusal(given, mine, asked)
