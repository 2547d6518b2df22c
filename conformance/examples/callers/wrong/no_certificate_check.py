#!/usr/bin/env python3
"""Wrong: it checks no certificate."""
import pathlib
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


# http.client asks this function for its settings.
ssl._create_default_https_context = ssl._create_unverified_context

sys.exit(right.main(sys.argv[1:]))
