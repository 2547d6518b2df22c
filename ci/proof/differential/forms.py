"""Room forms: multipart/form-data, the mock against the parsers of other languages.

Two readings are alike when they have the same fields, names and values byte by byte; their order
does not count, for many parsers keep fields and files apart.

Kinds: differ (both read it, not alike), they_refuse (the mock reads it), we_refuse (all peers but
one read it alike, and the mock refuses), died. Where peers disagree among themselves the mock's
refusal is its policy, and counts as agreement.
"""
import os

import form_inputs
import peers

NAME = 'forms'
COUNT = 8000
SHORT_PEERS = ('undici', 'email')
NOT_ASKED = 'not_asked'


def adapter(command):
    return lambda inputs: peers.ask(command, inputs)


def there(command):
    return adapter(command), peers.reason_to_skip(command)


PEERS = {
    'go': lambda scratch: there(peers.compiled_go('form_go', scratch)),
    'php': lambda scratch: there(peers.python('form_php.py')),
    'busboy': lambda scratch: there(peers.node('form_busboy.js')),
    'undici': lambda scratch: there(peers.node('form_undici.js')),
    'werkzeug': lambda scratch: there(peers.python('form_werkzeug.py')),
    'python-multipart': lambda scratch: there(peers.python('form_multipart.py')),
    'django': lambda scratch: there(peers.python('form_django.py')),
    'email': lambda scratch: there(peers.python('form_email.py')),
}


def ours(build):
    return adapter([os.path.join(build, 'differential', 'our_forms')])


def inputs(dice, count, options):
    return form_inputs.make(dice, count, not options.short)


def reading(answer):
    """What two readings have to share; None for a refusal."""
    fields = answer.get('fields')
    return sorted(map(tuple, fields)) if fields is not None else None


def words(answer):
    """The answer for people and for the rules of known disagreements."""
    if 'fields' not in answer:
        return answer.get('died') or answer.get('refused') or answer.get('skipped')
    return '; '.join('%s=%s' % tuple(bytes.fromhex(one).decode('latin-1') for one in field)
                     for field in answer['fields'])


def difference(mine, his):
    """In a word, how far two readings are apart."""
    if len(mine) != len(his):
        return 'count'
    if sorted(name for name, _ in mine) != sorted(name for name, _ in his):
        return 'names'
    return 'values'


def facts_of(given, mine, his):
    kind, _, body = given.bytes.partition(b'\n')
    return {'type': kind.decode('latin-1'), 'body': body.decode('latin-1'),
            'ours': words(mine), 'theirs': words(his), 'origin': given.origin,
            'diff': difference(mine['fields'], his['fields'])
                    if 'fields' in mine and 'fields' in his else ''}


def compare_reader(given, mine, peer, his):
    facts = facts_of(given, mine, his)
    if 'died' in his:
        return peer, 'died', facts
    if reading(mine) == reading(his):
        return peer, 'agree', facts
    return peer, 'they_refuse' if reading(his) is None else 'differ', facts


def compare(given, mine, theirs):
    asked = {peer: his for peer, his in theirs.items() if 'skipped' not in his}
    found = [(peer, NOT_ASKED, {}) for peer in theirs if peer not in asked]
    if 'died' in mine:
        return found + [('ours', 'died', facts_of(given, mine, mine))]
    if 'fields' in mine:
        return found + [compare_reader(given, mine, peer, his) for peer, his in asked.items()]
    readings = [reading(his) for his in asked.values()]
    alike = max((readings.count(one) for one in readings if one is not None), default=0)
    if alike >= 2 and alike >= len(readings) - 1:
        first = next(his for his in asked.values() if readings.count(reading(his)) == alike)
        return found + [('ours', 'we_refuse', facts_of(given, mine, first))]
    return found + [(peer, 'agree', {}) for peer in asked]
