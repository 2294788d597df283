"""What is typed on a keyboard, or by a scanner that pretends to be one, until Enter.

Pure: keys in, a finished line out.
"""

from __future__ import annotations

LONGEST = 64
"""Characters of a line that are kept: more than any label has."""


class TypedLine:
    """Collects the characters of one line.

    Toolkits report a key twice, first as a key and then as the text that it writes. The text is
    right about shift and layout, but does not come on every display; so the key's character
    stands until its text replaces it.
    """

    def __init__(self) -> None:
        self.text = ""
        self._from_key = False

    def key(self, character: str) -> None:
        """Take a key that writes a character."""
        self._add(character)
        self._from_key = True

    def written(self, text: str) -> None:
        """Take the text that a key wrote."""
        if self._from_key:
            self.text = self.text[:-1]
        self._add(text)
        self._from_key = False

    def put(self, character: str) -> None:
        """Take a character from a button on the screen."""
        self._add(character)
        self._from_key = False

    def rub_out(self) -> None:
        """Take back the last character."""
        self.text = self.text[:-1]
        self._from_key = False

    def clear(self) -> None:
        """Forget the line."""
        self.text = ""
        self._from_key = False

    def take(self) -> str:
        """Give the finished line, and begin a new one."""
        line = self.text.strip()
        self.clear()
        return line

    def _add(self, text: str) -> None:
        self.text = (self.text + "".join(c for c in text if c.isprintable()))[:LONGEST]
