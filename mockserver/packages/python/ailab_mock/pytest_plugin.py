"""Fixtures for pytest, which finds them by itself when the package is installed."""
import uuid

import pytest

import ailab_mock as package


@pytest.fixture(scope="session")
def ailab_mock():
    """A mock for all tests of this run. Tests do not meet if each has a key of its own."""
    with package.start() as mock:
        yield mock


@pytest.fixture
def ailab_key():
    """A key that no other test has: what is armed for it and counted by it is this test's alone."""
    return f"test-{uuid.uuid4().hex}"
