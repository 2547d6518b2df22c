"""A test of your program with pytest: a success, an error, a fault, and what arrived.

The fixtures ailab_mock and ailab_key come with the package.
"""
import base64
import os

import portrait
import pytest

PICTURE = os.environ.get("PICTURE", "portrait.jpg")


def test_returns_the_picture(ailab_mock, ailab_key):
    image = portrait.edit(ailab_mock.url, ailab_key, 12, PICTURE)
    assert base64.b64decode(image).startswith(b"\xff\xd8")
    assert ailab_mock.count(api_key=ailab_key, service_choice=12, status=200) == 1


def test_tells_why_it_was_refused(ailab_mock, ailab_key):
    ailab_mock.arm(ailab_key, {"error": "ERROR_BLURRY_FACE"})
    with pytest.raises(portrait.Refused, match="ERROR_BLURRY_FACE"):
        portrait.edit(ailab_mock.url, ailab_key, 12, PICTURE)
    assert ailab_mock.count(api_key=ailab_key, code="ERROR_BLURRY_FACE") == 1


def test_survives_a_lost_connection(ailab_mock, ailab_key):
    ailab_mock.arm(ailab_key, {"fault": "reset-before-answer"})
    with pytest.raises(OSError):
        portrait.edit(ailab_mock.url, ailab_key, 12, PICTURE)
    portrait.edit(ailab_mock.url, ailab_key, 12, PICTURE)  # and the next call works again
    assert ailab_mock.count(api_key=ailab_key) == 2
