#!/usr/bin/env python3
"""Wrong: it makes no call, and hands the picture back as the result."""
import shutil
import sys

shutil.copy(sys.argv[1], sys.argv[3])
