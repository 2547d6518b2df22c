#!/usr/bin/env python3
"""Wrong: it tells the failure, and ends with exit code 0."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right.main(sys.argv[1:])
