"""What the rooms share of making inputs: an input with its history, and blind changes of bytes."""


class Input:
    """Bytes, and in words where they come from."""

    def __init__(self, content, origin):
        self.bytes, self.origin = content, origin


def flip(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def replace(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def delete(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + data[at + 1 + dice.choice((0, 0, 1, 3)) :]


def double(dice, data):
    at = dice.randrange(len(data))
    size = dice.choice((1, 1, 2, 5, 20))
    return data[:at] + data[at : at + size] + data[at:]


def cut(dice, data):
    return data[: dice.randrange(len(data))]


BLIND = (flip, replace, delete, double, cut)


def blind(dice, data, changes=BLIND):
    """One change that knows nothing of what the bytes mean, and its name."""
    if not data:
        return data, "empty"
    change = dice.choice(changes)
    return change(dice, data), change.__name__


def insert(dice, data, pieces):
    """One of the pieces at a random place."""
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(pieces) + data[at:]
