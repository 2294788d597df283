"""The servers that libraries really run, as far as they differ."""

from __future__ import annotations

from .answers import Rules
from .wire import Layout

KOHA = Layout(end="\r\n", again_as_0=True, ao_last=("30", "64"))

PERSONALITIES: dict[str, tuple[Rules, Layout]] = {
    # What the protocol says, and nothing else.
    "plain": (Rules(blank_due_is_normal=False), Layout()),
    # Koha from 25.11.00, 25.05.02, 24.11.08 on: no-block and its due date are honoured.
    "koha-new": (Rules(says_n=True), KOHA),
    # Koha before bug 32934: the due date becomes the date of issue, and none comes back.
    "koha-mid": (Rules(says_n=True, nb_due="issue"), KOHA),
    # Koha of about 2017: no-block is read and forgotten.
    "koha-old": (Rules(says_n=True, no_block=False), KOHA),
    "sipserver": (
        Rules(
            says_n=True, no_block=False, own_hold=False, titles_of_unknown=False, unknown="close"
        ),
        Layout(end="\r\n", again_as_0=True, ao_last=("30", "64"), checksum="zeros"),
    ),
    "folio": (
        Rules(no_block=False, again="refused", answers_repeated=True),
        Layout(encoding="cp850"),
    ),
}
