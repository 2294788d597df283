"""What is on show by more than a state: a place that was opened, a panel, a lost engine.

Import `stage` first, which makes the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.screens import fullscreen
from kiosk.view.messages import TurnedAway
from tests.screens.gallery import STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.screens.root import Root

MISTAKE = (
    "/etc/daybook/kiosk.toml: [ils.sip2] password does not belong in this file: put it into a file "
    "of its own, readable by the kiosk alone, and write password_file = "
    '"/etc/daybook/sip2.password"'
)


def make_mistake(root: Root) -> None:
    root.notices.engine = fullscreen.mistake(MISTAKE)
    root._stack()


def choose_theme(root: Root) -> None:
    root.go("settings")
    rows = root.places["settings"]._rows
    rows["screen.theme"].dispatch("on_release")


DELIVERIES = (
    *("online", "running", "carried", "asks-first", "paused", "not-let-in", "uploaded"),
    *("files", "none"),
)


def type_setting(root: Root, key: str) -> None:
    root.go("settings")
    root.places["settings"]._rows[key].dispatch("on_release")


HELPED = ("settings-open", "ready-good", "overlay-number-pad", "overlay-tell")
LONG = "31234000517861" * 15


def write(root: Root, text: str) -> None:
    for character in text:
        root.keyboard.line.put(character)


STORIES: dict[str, Callable[[Root], None]] = {
    "overlay-number-pad": lambda root: (
        root.keyboard.line.put("3123400051"),
        root.panels.open_pad(),
    ),
    "overlay-number-pad-long": lambda root: (write(root, LONG), root.panels.open_pad()),
    "overlay-letters-long": lambda root: (
        write(root, LONG),
        root.panels.open_pad(),
        root.overlay._turn(),
    ),
    "form-name-long": lambda root: (write(root, LONG), root.line_changed()),
    "form-find-long": lambda root: (write(root, LONG), root.line_changed()),
    "overlay-letters": lambda root: (root.panels.open_pad(), root.overlay._turn()),
    "overlay-birth-date": lambda root: (
        root.keyboard.written("1966"),
        root.screen._open_calendar(),
    ),
    "overlay-due": lambda root: root.places["checkout"].open_calendar(),
    "overlay-bookdrop": lambda root: root.places["checkin"].open_calendar(),
    "help": lambda root: root.help(),
    **{f"help-{of}": (lambda root, of=of: (STORIES[of](root), root.help())) for of in HELPED},
    "help-long": lambda root: root.help(),
    "help-form": lambda root: root.help(),
    "help-locked": lambda root: root.help(),
    "delivery-offline": lambda root: root.go("delivery"),
    **{f"delivery-{how}": lambda root: root.go("delivery") for how in DELIVERIES},
    "overlay-block-list": lambda root: root.ids.status._tell_block_list(),
    "overlay-disk": lambda root: root.ids.status._tell_space(),
    "overlay-time": lambda root: root.panels.open_clock(),
    "more": lambda root: root.go("more"),
    "practice-more": lambda root: root.go("more"),
    "devices": lambda root: root.go("devices"),
    "devices-bad": lambda root: root.go("devices"),
    "devices-none": lambda root: root.go("devices"),
    "devices-printing": lambda root: root.go("devices"),
    "ready-bad": lambda root: root.go("ready"),
    "ready-good": lambda root: root.go("ready"),
    "ready-never": lambda root: root.go("ready"),
    "ready-looking": lambda root: root.go("ready"),
    "more-few": lambda root: root.go("more"),
    "settings": lambda root: root.go("settings"),
    "settings-open": lambda root: root.go("settings"),
    "settings-changed": lambda root: root.go("settings"),
    "settings-damaged": lambda root: root.go("settings"),
    "settings-choose": choose_theme,
    "settings-type": lambda root: type_setting(root, "receipt.footer"),
    "settings-number": lambda root: type_setting(root, "desk.loan_days"),
    "overlay-kinds": lambda root: (root.go("more"), root.screen["kind"].dispatch("on_release")),
    "overlay-tell": lambda root: root.screen.in_force._read(),
    "lost": lambda root: root.notices.lost("stopped"),
    "lost-recording": lambda root: root.notices.lost("recording"),
    "lost-silent": lambda root: root.notices.lost("silent"),
    "lost-untaken": lambda root: (root.notices.lost("silent"), root.notices.line_untaken()),
    "restarting": lambda root: root.notices.lost("restarting"),
    "mistake": make_mistake,
    "other-version": lambda root: root.notices.differs(
        "0.1.0", TurnedAway(engine_version="0.2.0", link_version=2)
    ),
}
"""What was touched or happened before, by the name of what is then on show."""

STORY_STATES = {
    "overlay-number-pad": "checkout-idle",
    "overlay-letters": "checkout-idle",
    "overlay-number-pad-long": "checkout-idle",
    "overlay-letters-long": "checkout-idle",
    "form-name-long": "form-name",
    "form-find-long": "form-find",
    "overlay-birth-date": "form-born",
    "overlay-due": "checkout-online",
    "overlay-bookdrop": "checkin-bookdrop",
    **{f"help-{of}": of for of in ("settings-open", "ready-good")},
    "help-overlay-number-pad": "checkout-idle",
    "help-overlay-tell": "tell",
    "overlay-block-list": "block-list-too-old",
    "overlay-disk": "disk-low",
    "overlay-time": "time-unconfirmed",
    "settings-choose": "settings",
    "settings-type": "settings-open",
    "settings-number": "settings-open",
    "overlay-kinds": "more",
    "overlay-tell": "tell",
    "lost": "checkout-online",
    "lost-recording": "checkout-online",
    "lost-silent": "checkout-online",
    "lost-untaken": "checkout-online",
    "restarting": "checkout-online",
    "mistake": "checkout-idle",
    "other-version": "checkout-idle",
}
"""Over which state, if not that of the same name."""

STARTING = "starting"
NAMES = list(dict.fromkeys((*STATES, *STORIES, STARTING)))
"""Every screen in every state that has a name."""


def tell(root: Root, name: str) -> None:
    """Show one of them."""
    if name == STARTING:
        root.notices.sought()
    else:
        root.show(STATES[STORY_STATES.get(name, name)])
        root.notices.found()
    if name in STORIES:
        STORIES[name](root)
