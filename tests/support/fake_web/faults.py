"""What can go wrong with one call: each fault by its name, and when it strikes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .http import Request

PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>Not what you want</body></html>"
)


@dataclass(frozen=True)
class Effect:
    """What becomes of one call and its reply."""

    act: bool = True
    """Whether it is carried out."""
    wait: float = 0.0
    """Seconds before it is carried out, which it is even when the client has hung up by then."""
    late: float = 0.0
    """Seconds between that and the reply."""
    say: str = "reply"
    """reply, nothing, half (of it), or cut: half of its body, with the length of that half."""
    status: int | None = None
    """The status of the reply, in the place of its own; its body is then `body`."""
    body: str | None = None
    """The body of the reply, in the place of its own."""
    gap: float = 0.0
    """Seconds between two bytes of the reply; 0: all at once."""
    then: str = "stay"
    """What becomes of the connection: stay, close, reset, mute (nothing is answered any more)."""
    trick: str = ""
    """What the library system itself does wrong; what there is, its own module says."""
    lines: int = 0
    """How many lines the trick is about."""

    @property
    def page(self) -> bool:
        return self.body == PAGE


FAULTS: dict[str, Effect] = {
    # the reply is lost, before and after acting
    "lost-before": Effect(act=False, say="nothing"),
    "lost-after": Effect(say="nothing"),
    "close-before": Effect(act=False, say="nothing", then="close"),
    "close-after": Effect(say="nothing", then="close"),
    "reset-before": Effect(act=False, say="nothing", then="reset"),
    "reset-after": Effect(say="nothing", then="reset"),
    # the reply comes in pieces, in part, or late
    "drip": Effect(gap=0.0002),
    "drip-forever": Effect(gap=0.05),
    "half-and-hang": Effect(say="half", then="mute"),
    "half-and-close": Effect(say="half", then="close"),
    "half-and-reset": Effect(say="half", then="reset"),
    "cut": Effect(say="cut"),
    "late": Effect(late=0.12),
    "acts-late": Effect(wait=0.12),
    # something else is said: by the server, or by what stands before it
    "500-before": Effect(act=False, status=500, body=PAGE),
    "500-after": Effect(status=500, body=PAGE),
    "502-before": Effect(act=False, status=502, body=PAGE),
    "502-after": Effect(status=502, body=PAGE),
    "503": Effect(act=False, status=503, body=PAGE),
    "504-before": Effect(act=False, status=504, body=PAGE),
    "504-after": Effect(status=504, body=PAGE),
    "401": Effect(act=False, status=401, body=PAGE),
    "403": Effect(act=False, status=403, body=PAGE),
    "404": Effect(act=False, status=404, body=PAGE),
    "429": Effect(act=False, status=429, body=PAGE),
    "html-before": Effect(act=False, status=200, body=PAGE),
    "html-after": Effect(status=200, body=PAGE),
    "empty-before": Effect(act=False, status=200, body=""),
    "empty-after": Effect(status=200, body=""),
}


@dataclass
class Armed:
    """A fault that waits: for the calls `on`, with `about` in them if that is given.

    A name in `on` stands for all that begin with it: "status" for "status.scripts"; "" for any.
    It lets `skip` of them pass, then strikes `times` times (None: always), each with a `chance`.
    """

    name: str
    effect: Effect
    on: tuple[str, ...] = ("",)
    about: str = ""
    skip: int = 0
    times: int | None = 1
    chance: float = 1.0
    struck: int = 0
    dice: Random = field(default_factory=Random)

    def strikes(self, call: str, request: Request) -> bool:
        """Tell whether it strikes this one, and count."""
        if not any(name in {"", call} or call.startswith(f"{name}.") for name in self.on):
            return False
        if self.about and self.about not in f"{request.query} {request.body.decode('latin-1')}":
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


def armed(
    known: dict[str, tuple[Effect, tuple[str, ...]]], name: str, *, seed: int = 0, **more: Any
) -> Armed:
    """Arm a fault by its name. `more`: fields of `Armed`, or of its effect. Raise KeyError.

    `known` are those of one library system alone, and where each strikes when nothing is said.
    """
    usual, usual_on = known[name] if name in known else (FAULTS[name], ("",))
    effect_names = {x.name for x in fields(Effect)}
    effect = replace(usual, **{k: v for k, v in more.items() if k in effect_names})
    when = {k: v for k, v in more.items() if k not in effect_names}
    on = when.pop("on", usual_on)
    return Armed(
        name, effect, (on,) if isinstance(on, str) else tuple(on), dice=Random(seed), **when
    )
