#!/usr/bin/env python3
"""Wrong: its call has neither key nor picture, and it looks at no answer."""
import http.client
import os
import urllib.parse

url = urllib.parse.urlsplit(os.environ["AILAB_BASE_URL"])
connection = http.client.HTTPConnection(url.netloc, timeout=5)
try:
    connection.request("POST", "/api/portrait/effects/emotion-editor")
    connection.getresponse().read()
except OSError:
    pass
