#!/usr/bin/env python3
"""Wrong: it reads the body as JSON before it looks at the status. A gateway answers in HTML."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import right


right.document_of = json.loads


sys.exit(right.main(sys.argv[1:]))
