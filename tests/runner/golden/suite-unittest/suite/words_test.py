"""How a text is parted."""

import unittest

from answer import words


class WordsTest(unittest.TestCase):
    def test_two_words(self):
        self.assertEqual(words("to be"), ["to", "be"])

    def test_white_space(self):
        for space in (" ", "  ", "\t"):
            with self.subTest(space=space):
                self.assertEqual(words(f"to{space}be"), ["to", "be"], msg="Any white space parts.")

    def test_no_text(self):
        with self.assertRaises(TypeError):
            words("")

    @unittest.skip("for another day")
    def test_other_marks(self):
        self.assertEqual(words("to,be"), ["to", "be"])
