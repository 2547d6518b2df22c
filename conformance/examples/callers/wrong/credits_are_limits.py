#!/usr/bin/env python3
"""Wrong: it takes every 429 for a rate limit, and repeats what no waiting can help."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right_refuse = right.refuse


def refuse(status, headers, document):
    if status == 429:
        raise right.Passing("429", right.seconds(headers.get("Retry-After")))
    right_refuse(status, headers, document)


right.refuse = refuse


sys.exit(right.main(sys.argv[1:]))
