"""The notice of an upload session for colleagues, laid out for the width of the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.document import Text
from kiosk.desk.words import say
from kiosk.receipts.staffpaper import RULE, head, paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.printer.document import Document
    from kiosk.desk.batches.notice import Notice
    from kiosk.words import Words

STEPS = ("notice.step_name", "notice.step_upload", "notice.step_wait")


def lay_out(notice: Notice, columns: int, words: Words) -> Document:
    """Lay a notice out. No line is wider than `columns` cells."""
    return paper(words(say("notice.title")), _parts(notice, words), columns)


def _parts(notice: Notice, words: Words) -> Iterator[Text]:
    """Say how it is called, what to do at each desk, and who is missing."""
    session = notice.session
    yield from head(notice.library, notice.at, notice.staff, words)
    yield Text(words(say("notice.name")))
    yield Text(session.title, "bold")
    yield RULE
    yield Text(words(say("notice.at_each_desk")), "bold")
    for number, step in enumerate(STEPS, 1):
        yield Text(words(say("notice.step", number=number, what=say(step, title=session.title))))
    yield RULE
    yield Text(words(session.who))
    if session.who_not is not None:
        yield Text(words(session.who_not), "bold")
    yield RULE
    yield Text(words(say("notice.process", terminal=notice.terminal)))
