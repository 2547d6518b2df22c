#!/usr/bin/env python3
"""Wrong: it has no time-out, so it waits for ever."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right.TIMEOUT = 0


sys.exit(right.main(sys.argv[1:]))
