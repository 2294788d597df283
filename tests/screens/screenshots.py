"""A picture of every screen: `python -m tests.screens.screenshots OUTDIR`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.screens.stage import COMPACT, NORMAL, ROOMY, STORIES, STORY_STATES, Stage
from tests.screens.states import STATES

ALSO = (
    *("checkout-idle", "checkout-online", "checkout-offline", "checkout-refused"),
    *("checkin-bookdrop", "question", "overlay-number-pad", "overlay-due", "overlay-help"),
)
"""What is drawn at 1280x800 and in the dark as well."""


def main(folder: Path) -> None:
    """Draw everything into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage()
    names = [*STATES, *STORIES, "starting"]
    for size, theme, suffix, wanted in (
        (NORMAL, "light", "", names),
        (COMPACT, "light", "-800x480", names),
        (ROOMY, "light", "-1280x800", ALSO),
        (NORMAL, "dark", "-dark", ALSO),
    ):
        for name in wanted:
            draw(stage, name, size, theme)
            stage.picture(folder / f"{name}{suffix}.png")


def draw(stage: Stage, name: str, size: tuple[int, int], theme: str = "light") -> None:
    """Put one screen, by its name, into the window."""
    root = stage.fresh(size, theme)
    if name == "starting":
        return
    stage.show(STATES[STORY_STATES.get(name, name)])
    if name in STORIES:
        STORIES[name](root)
    stage.frames()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
