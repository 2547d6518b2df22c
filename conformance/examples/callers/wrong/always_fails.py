#!/usr/bin/env python3
"""Wrong: it makes no call and fails."""
import sys

sys.exit("always_fails.py: not today")
