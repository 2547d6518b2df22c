"""A test of your program with unittest: a success, an error, a fault, and what arrived."""
import base64
import os
import unittest

import ailab_mock
import portrait

PICTURE = os.environ.get("PICTURE", "portrait.jpg")


class PortraitTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = ailab_mock.start()
        cls.addClassCleanup(cls.mock.stop)

    def setUp(self):
        self.key = self.id()  # a key of its own: no other test sees what is armed for it

    def edit(self):
        return portrait.edit(self.mock.url, self.key, 12, PICTURE)

    def test_returns_the_picture(self):
        self.assertTrue(base64.b64decode(self.edit()).startswith(b"\xff\xd8"))
        self.assertEqual(self.mock.count(api_key=self.key, service_choice=12, status=200), 1)

    def test_tells_why_it_was_refused(self):
        self.mock.arm(self.key, {"error": "ERROR_BLURRY_FACE"})
        with self.assertRaises(portrait.Refused) as refusal:
            self.edit()
        self.assertEqual(refusal.exception.code, "ERROR_BLURRY_FACE")
        self.assertEqual(self.mock.count(api_key=self.key, code="ERROR_BLURRY_FACE"), 1)

    def test_survives_a_lost_connection(self):
        self.mock.arm(self.key, {"fault": "reset-before-answer"})
        with self.assertRaises(OSError):
            self.edit()
        self.edit()  # and the next call works again
        self.assertEqual(self.mock.count(api_key=self.key), 2)


if __name__ == "__main__":
    unittest.main()
