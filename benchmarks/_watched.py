"""The real screen, or the empty Kivy app, with a watch on everything that its UI thread does.

    _watched.py empty | _watched.py screen LINK

Told by lines on standard input what to do; answers in lines of JSON on standard output.

    step NAME       what follows belongs to this step
    go PLACE        a place of the screen's own; "go" alone is the desk
    pad, due, close the number pad, the calendar, and neither
    change          the empty app shows another word
    rows COUNT      show so many lines, scroll through them, and say how many rows that took
    frames          say how many frames were drawn until now
    report          say what took long, and how long the states waited for their frames
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from dataclasses import replace
from functools import partial, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.screens import app
from kiosk.view.messages import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORTH_TELLING = 1.0
"""Milliseconds; what took less is not kept."""
SCROLL_STEPS = 150


class Watch:
    """What the UI thread did, and how long each took it in CPU time."""

    def __init__(self) -> None:
        self.step = "start"
        self.took: list[tuple[str, str, float]] = []
        self.frames = 0
        self.drawn: list[tuple[float, float]] = []
        self._cpu = time.pthread_getcpuclockid(threading.main_thread().ident)
        self._came: tuple[int, int] | None = None

    def now(self) -> tuple[int, int]:
        """Give the time and the CPU time of the UI thread, in ns, on any thread."""
        return time.monotonic_ns(), time.clock_gettime_ns(self._cpu)

    def came(self) -> None:
        """Notice that there is something new to draw; only the first waits for the frame."""
        self._came = self._came or self.now()

    def flipped(self) -> None:
        """Notice that a frame is on the screen."""
        self.frames += 1
        came, self._came = self._came, None
        if came:
            wall, cpu = (b - a for a, b in zip(came, self.now(), strict=True))
            self.drawn.append((wall / 1e6, cpu / 1e6))

    def timed(self, do: Callable[..., Any], name: str = "") -> Callable[..., Any]:
        """Give a function that does the same, and has its time taken."""
        name = name or _name(do)

        def timed(*args: Any, **kwargs: Any) -> Any:
            step, start = self.step, time.thread_time_ns()
            try:
                return do(*args, **kwargs)
            finally:
                took = (time.thread_time_ns() - start) / 1e6
                if took > WORTH_TELLING:
                    self.took.append((step, name, took))

        return timed


def _name(do: Callable[..., Any]) -> str:
    owner = getattr(do, "__self__", None)
    if owner is not None:
        return f"{type(owner).__name__}.{do.__name__}"
    return str(getattr(do, "__qualname__", do)).replace(".<locals>", "").replace(".<lambda>", "")


def attach(watch: Watch) -> None:
    """Have the watch on Kivy: on the callbacks of the clock, on drawing, on what is shown."""
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.graphics.opengl import glFinish

    for make in ("create_trigger", "schedule_once", "schedule_interval"):
        setattr(Clock, make, _watched(watch, getattr(Clock, make)))
    Window.on_draw = watch.timed(Window.on_draw, DRAWING)
    flip = Window.flip

    def flip_and_finish() -> None:
        # Offscreen nothing waits for the picture to be finished, so frames would pile up.
        flip()
        glFinish()
        watch.flipped()

    Window.flip = flip_and_finish


DRAWING = "Window.on_draw"


def _watched(watch: Watch, make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda callback, *args, **kwargs: make(watch.timed(callback), *args, **kwargs)


def obey(watch: Watch, acts: dict[str, Callable[..., object]]) -> None:
    """Do what the lines of standard input say, on the UI thread."""
    from kivy.clock import Clock

    acts |= {
        "step": lambda name: setattr(watch, "step", name),
        "frames": lambda: tell(watch.frames),
        "report": lambda: tell({"took": watch.took, "drawn": watch.drawn}),
    }

    def read() -> None:
        for line in sys.stdin:
            word, *rest = line.rstrip("\n").split(" ", 1)
            act = partial(_act, acts[word], *rest)
            Clock.schedule_once(update_wrapper(act, acts[word]))

    threading.Thread(target=read, daemon=True).start()


def _act(do: Callable[..., object], *rest: Any) -> None:
    *values, _seconds = rest
    do(*values)


def tell(what: object) -> None:
    print(json.dumps(what), flush=True)


def watch_empty() -> None:
    """Run the empty application."""
    import _empty

    watch = Watch()
    attach(watch)
    empty = _empty.Empty()

    def change() -> None:
        watch.came()
        empty.root.text = str(watch.frames)

    obey(watch, {"change": change})
    empty.run()


def watch_screen(link: Path) -> None:
    """Run the screen on the link of an engine."""
    watch = Watch()
    prepare, heard = app.prepare, app.Inbox.heard

    def prepare_and_watch(*args: Any, **kwargs: Any) -> None:
        prepare(*args, **kwargs)
        attach(watch)
        obey(watch, acts_of_screen())

    answers: list[Any] = [None]

    def hear(inbox: app.Inbox, message: Any) -> None:
        # Signs of life, and what changes nothing that is on show, wait for no frame.
        answer = message.state.answer if isinstance(message, Picture) else None
        if answer not in (None, answers[-1]):
            watch.came()
            answers.append(answer)
        heard(inbox, message)

    app.prepare, app.Inbox.heard = prepare_and_watch, hear
    app.run_screen(link, (1024, 600))


def acts_of_screen() -> dict[str, Callable[..., object]]:
    from kivy.app import App

    def root() -> Any:
        return App.get_running_app().window

    def go(place: str = "") -> None:
        root().go(place)

    def close() -> None:
        root().panels.close()

    def pad() -> None:
        root().panels.open_pad()

    def due() -> None:
        root().places["checkout"].open_calendar()

    def rows(count: str) -> None:
        scroll_through(root(), int(count))

    return {act.__name__: act for act in (go, close, pad, due, rows)}


def scroll_through(root: Any, count: int) -> None:
    """Show so many lines, scroll from the first to the last, and tell how many rows were made."""
    from kivy.clock import Clock

    from kiosk.screens.widgets.lines import LineRow

    init = LineRow.__init__
    made: list[LineRow] = []

    def count_made(row: LineRow, **kwargs: Any) -> None:
        made.append(row)
        init(row, **kwargs)

    def go_through() -> Iterator[None]:
        yield  # laid out
        shown = len(view.view_adapter.views)
        visible = shown
        made.clear()
        for step in range(SCROLL_STEPS, -1, -1):
            view.scroll_y = step / SCROLL_STEPS
            yield
            visible = max(visible, len(view.view_adapter.views))
        LineRow.__init__ = init
        tell({"visible": visible, "made": shown + len(made)})

    LineRow.__init__ = count_made
    line = root.state.lines[0]
    lines = tuple(replace(line, id=str(number)) for number in range(count))
    root.show(replace(root.state, lines=lines))
    view = root.places["checkout"].lines.ids.view
    rest = go_through()
    Clock.schedule_interval(lambda _: next(rest, False), 0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    if sys.argv[1] == "empty":
        watch_empty()
    else:
        watch_screen(Path(sys.argv[2]))
