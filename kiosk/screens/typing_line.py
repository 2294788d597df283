"""What is typed on a keyboard, or by a scanner that pretends to be one, until Enter.

Pure: keys in, a finished line out.
"""

from __future__ import annotations

LONGEST = 400
"""Characters of a line that are kept: more than any label has, and any line of a report."""

LABEL, A_KEY = 8, 0.05
"""The fewest characters that a scanner types, and the most seconds that it takes for each.

Scanners type one in about 10 ms; a very quick person needs more than 80.
"""


class TypedLine:
    """Collects the characters of one line.

    Toolkits report a key twice, first as a key and then as the text that it writes. The text is
    right about shift and layout, but does not come on every display; so the key's character
    stands until its text replaces it.
    """

    def __init__(self) -> None:
        self.text = ""
        self.taken = 0
        """How many lines were finished."""
        self._from_key = False
        self._begun = 0
        """How many of the characters a person has begun with: the next one may be a scanner's."""
        self._since = 0.0
        """When the keyboard wrote the first one after these."""

    def key(self, character: str, at: float = 0.0, *, after_pause: bool = False) -> None:
        """Take a key that writes a character. `at`: seconds on any clock.

        `after_pause`: no scanner types the one before and this one.
        """
        self._begin(at, after_pause=after_pause)
        self._add(character)
        self._from_key = True

    def written(self, text: str, at: float = 0.0, *, after_pause: bool = False) -> None:
        """Take the text that a key wrote. Of some keys, as those of a number pad, it is all."""
        if self._from_key:
            self.text = self.text[:-1]
        else:
            self._begin(at, after_pause=after_pause)
        self._add(text)
        self._from_key = False

    def put(self, character: str) -> None:
        """Take a character from a button on the screen."""
        self._add(character)
        self._from_key = False
        self._begun = len(self.text)

    def put_before(self, text: str) -> None:
        """Take what was typed before all of it, and had been put aside."""
        self.text = text + self.text
        self._begun += len(text)

    def rub_out(self) -> None:
        """Take back the last character."""
        self.text = self.text[:-1]
        self._from_key = False
        self._begun = min(self._begun, len(self.text))

    def clear(self) -> None:
        """Forget the line."""
        self.text = ""
        self._from_key = False
        self._begun = 0

    def take_scanned(self, at: float) -> str:
        """Give what a scanner has typed, or ""; what somebody had begun with before it stays."""
        tail = self.text[self._begun :]
        quick = at - self._since <= A_KEY * len(tail)
        if len(tail) < LABEL or not quick:
            return ""
        self.text = self.text[: self._begun]
        self._from_key = False
        self.taken += 1
        return tail.strip()

    def take(self) -> str:
        """Give the finished line, and begin a new one."""
        line = self.text.strip()
        self.clear()
        self.taken += 1
        return line

    def _begin(self, at: float, *, after_pause: bool) -> None:
        """Take notice of a key before its character is added."""
        if after_pause:
            self._begun = len(self.text)
        if len(self.text) == self._begun:
            self._since = at

    def _add(self, text: str) -> None:
        self.text = (self.text + "".join(c for c in text if c.isprintable()))[:LONGEST]
