"""What is being typed for the field of a form that is asked, until it is taken.

It stands in the line that keyboard and scanner write into as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.screens.forms import asking, typing_day
from kiosk.screens.skin import skin

if TYPE_CHECKING:
    from kiosk.screens.typing_line import TypedLine
    from kiosk.view.state import Asking, FormField


class Draft:
    """The line, as it is typed for one field after the other."""

    def __init__(self, line: TypedLine) -> None:
        self._line = line
        self._taken = -1
        """How many lines had been taken when the field came up."""
        self._seen = ""
        """What was typed when it was looked at last."""
        self._mending = False
        """What stood in the field is being mended: where nothing is left of it, it is empty."""

    @property
    def text(self) -> str:
        """What was typed so far."""
        return self._line.text

    def begin(self) -> None:
        """Begin with another field: what was typed for the one before does not belong to it."""
        self.drop()
        self._taken = self._line.taken
        self._seen, self._mending = "", False

    def drop(self) -> None:
        """Forget what was typed for this field; what was typed after it was taken, is another's."""
        if self._taken == self._line.taken:
            self._line.clear()

    def is_emptied(self, form: Asking) -> bool:
        """Tell whether nothing is left of what stood in the field."""
        if self.text or form.keyed or not self._mending:
            return False
        return asking.is_filled(asking.asked(form))

    def is_too_long(self, form: Asking) -> bool:
        """Tell whether it has to be made shorter before it can be taken."""
        return asking.too_long(form, self.text) is not None

    def take(self, field: FormField) -> str:
        """Give it as the engine reads it; nothing of it stays in the field."""
        return as_read(field, self._line.take())

    def follow(self, field: FormField) -> bool:
        """Take notice of a key; say whether it has written something.

        A key that rubs out, with nothing typed, begins to mend what stands in the field.
        """
        if not (self.text or self._seen):
            self.mend(field)
        grown = len(self.text) > len(self._seen)
        self._seen = self.text
        return grown

    def put(self, field: FormField, character: str) -> None:
        """Take a character from the screen, if the field has room for it."""
        most = asking.longest(field)
        if field.kind in asking.MASKS:
            character = typing_day.completed(self.text, character, mask_of(field))
        elif most and len(self.text) >= most:
            return
        self._put(character)

    def rub_out(self, field: FormField) -> None:
        """Take back the last character: of what stands in the field, where nothing is typed."""
        if not (self.text or self._mending):
            self.mend(field)
        self._line.rub_out()

    def clear(self) -> None:
        """Empty the field."""
        self._line.clear()
        self._mending = True

    def mend(self, field: FormField) -> None:
        """Take what stands in the field for typed, so that it can be mended."""
        if self.text or asking.WITH[field.kind] == "options":
            return
        self._mending = True
        mask = mask_of(field)
        self._put(typing_day.written(field.value, mask) if mask else field.value)

    def restore(self, text: str) -> None:
        """Put back what cannot be taken as it is: it is mended, and not typed again."""
        self._put(text)
        self._seen = self.text

    def _put(self, text: str) -> None:
        for character in text:
            self._line.put(character)


def as_read(field: FormField, text: str) -> str:
    """Write what was typed for a field as the engine reads it."""
    mask = mask_of(field)
    return typing_day.said(text, mask) if mask else text


def mask_of(field: FormField) -> str:
    """Give the mask that a day or a time is typed into; "" where nothing is."""
    return skin.tell(asking.MASKS[field.kind]) if field.kind in asking.MASKS else ""
