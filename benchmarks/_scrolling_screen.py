"""The real screen, kept scrolling: the worst that a screen can do to a desk beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.screens import app


def main() -> None:
    """Draw the desk whose link is the first argument, and scroll for ever."""
    from kiosk.screens.setup import prepare

    prepare((1024, 600))
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.graphics.opengl import glFinish

    from kiosk.screens import window

    flip = Window.flip

    def flip_and_finish() -> None:
        # Offscreen nothing waits for the picture to be finished, so frames would pile up.
        flip()
        glFinish()

    Window.flip = flip_and_finish

    built = window.KioskApp.build

    def build(self: window.KioskApp) -> object:
        root = built(self)

        def scroll(_seconds: float) -> None:
            view = root.places["checkout"].lines.ids.view
            view.scroll_y = (view.scroll_y + 0.05) % 1.0

        Clock.schedule_interval(scroll, 0)
        return root

    window.KioskApp.build = build
    app.run_screen(Path(sys.argv[1]), (1024, 600), fullscreen=False)


if __name__ == "__main__":
    import logging

    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    main()
