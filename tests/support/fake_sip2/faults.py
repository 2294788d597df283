"""What can go wrong with one message: each fault by its name, and when it strikes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .wire import Message

ACTING = ("09", "11", "29")


@dataclass(frozen=True)
class Effect:
    """What becomes of one request and its reply."""

    act: bool = True
    """Whether it is carried out."""
    wait: float = 0.0
    """Seconds before it is carried out."""
    late: float = 0.0
    """Seconds between that and the reply."""
    say: str = "reply"
    """reply, nothing, half (of it), 96, another (message's reply), stale (another item's reply,
    which says the contrary)."""
    stale_first: bool = False
    """Whether another item's reply comes before its own."""
    copies: int = 1
    """How often the reply is written."""
    gap: float = 0.0
    """Seconds between two bytes of the reply; 0: all at once."""
    then: str = "stay"
    """What becomes of the connection: stay, close, reset, mute (nothing is answered any more)."""
    ok: str = ""
    """What the reply has in the place of its first position."""
    words: str | None = None
    """AF of the reply, in the place of its own."""
    ah: str | None = None
    """AH of the reply, in the place of its own."""
    layout: dict[str, Any] = field(default_factory=dict)
    """How the reply is written, where that differs from the server's usual way."""


FAULTS: dict[str, Effect] = {
    # the reply is lost, before and after acting
    "lost-before": Effect(act=False, say="nothing"),
    "lost-after": Effect(say="nothing"),
    "close-before": Effect(act=False, say="nothing", then="close"),
    "close-after": Effect(say="nothing", then="close"),
    "reset-before": Effect(act=False, say="nothing", then="reset"),
    "reset-after": Effect(say="nothing", then="reset"),
    "hang-before": Effect(act=False, say="nothing", then="mute"),
    "hang-after": Effect(say="nothing", then="mute"),
    # the reply comes in pieces, in part, late, or twice
    "drip": Effect(gap=0.0002),
    "drip-forever": Effect(gap=0.05),
    "half-and-hang": Effect(say="half", then="mute"),
    "half-and-close": Effect(say="half", then="close"),
    "half-and-reset": Effect(say="half", then="reset"),
    "late": Effect(late=0.12),
    "acts-late": Effect(wait=0.12),
    "twice": Effect(copies=2),
    # error detection
    "ask-again": Effect(act=False, say="96"),
    "wrong-checksum": Effect(layout={"checksum": "wrong"}),
    "missing-checksum": Effect(layout={"checksum": "missing"}),
    "zero-checksum": Effect(layout={"checksum": "zeros"}),
    "unpadded-checksum": Effect(layout={"checksum": "unpadded"}),
    "no-sequence": Effect(layout={"echo": False}),
    # the reply's form
    "crlf": Effect(layout={"end": "\r\n"}),
    "lf": Effect(layout={"end": "\n"}),
    "stray-lf": Effect(layout={"before": "\n"}),
    "no-last-bar": Effect(layout={"ends_with_bar": False}),
    "missing-fields": Effect(layout={"without": ("AO", "AA", "AB", "AJ", "AH", "AQ")}),
    "repeated-fields": Effect(layout={"repeated": ("AO", "AA", "AB", "AJ", "AH", "AF", "AU")}),
    "blank-dates": Effect(layout={"blank_dates": True}),
    "free-text-due": Effect(layout={"due": "text"}),
    "blank-due": Effect(layout={"due": "blank"}),
    "other-due": Effect(ah="20270131    235900"),
    # what it says
    "refused": Effect(act=False, ok="0", ah="", words="Item cannot be issued: FAKE"),
    "odd-ok": Effect(ok="Y"),
    "odd-ok-before": Effect(act=False, ok=" "),
    "another": Effect(say="another"),
    "another-before": Effect(act=False, say="another"),
    "stale": Effect(say="stale"),
    "stale-first": Effect(stale_first=True),
    "login-refused": Effect(ok="0"),
    "off-line": Effect(ok="N"),
}
STRIKES = {"login-refused": ("93",), "off-line": ("99",)}
"""The messages at which a fault strikes, where that is not what changes something."""


@dataclass
class Armed:
    """A fault that waits: for the messages `on`, about `item` if that is given.

    It lets `skip` of them pass, then strikes `times` times (None: always), each with a `chance`.
    """

    name: str
    effect: Effect
    on: tuple[str, ...]
    item: str = ""
    skip: int = 0
    times: int | None = 1
    chance: float = 1.0
    struck: int = 0
    dice: Random = field(default_factory=Random)

    def strikes(self, request: Message) -> bool:
        """Tell whether it strikes this one, and count."""
        if request.code not in self.on or (self.item and request.value("AB") != self.item):
            return False
        if self.times is not None and self.struck >= self.times:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.dice.random() >= self.chance:
            return False
        self.struck += 1
        return True


def armed(name: str, *, seed: int = 0, **more: Any) -> Armed:
    """Arm a fault by its name. `more`: fields of `Armed`, or of its effect. Raise KeyError."""
    effect_names = {x.name for x in fields(Effect)}
    effect = replace(FAULTS[name], **{k: v for k, v in more.items() if k in effect_names})
    when = {k: v for k, v in more.items() if k not in effect_names}
    on = tuple(when.pop("on", STRIKES.get(name, ACTING)))
    return Armed(name, effect, on, dice=Random(seed), **when)
