"""Settings changed on the screen: how it looks, speaks and sounds, and what administrators set.

How the screen looks, everybody at the desk may change, and it counts at once. The rest is open
while an administrator has said so with a PIN and has them on show, and for a few minutes after the
last change; what was changed counts once the engine has been started anew. It is when they are
closed; where they were only left, it waits until nobody is being served.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from kiosk.config import stored
from kiosk.config.limits import RANGES
from kiosk.desk.words import say
from kiosk.view.messages import ChangeSetting, Leave, SettingsLeft
from kiosk.view.state import Display, Setting, Settings, Tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.config import Config
    from kiosk.desk.words import Phrase
    from kiosk.engine.tasks import Tasks

    Leaving = Literal["", "restart", "close"]

log = logging.getLogger(__name__)

A_MOMENT = 0.25
"""Seconds in which the screen hears that the engine ends."""
OPEN = timedelta(minutes=5)
"""So long settings stay open when nobody changes anything."""


class EngineEnds(Exception):  # noqa: N818 - nothing has failed
    """The engine ends because an administrator has said so: `how`."""

    def __init__(self, how: Leaving) -> None:
        super().__init__(how)
        self.how = how


class SettingsRoom:
    """What was changed on the screen, and whether more may be.

    `busy` tells whether something that staff began is still under way: nothing ends meanwhile.
    `at_rest` tells whether nobody is being served either.
    """

    def __init__(
        self,
        config: Config,
        tasks: Tasks,
        *,
        now: Callable[[], datetime],
        show: Callable[[], None],
        busy: Callable[[], bool],
        at_rest: Callable[[], bool],
    ) -> None:
        self._running = self._config = config
        self._tasks = tasks
        self._now = now
        self._show = show
        self._busy = busy
        self._at_rest = at_rest
        self._starting = False
        self.leaving: Leaving = ""
        """The engine ends on purpose, in a moment."""
        self._by = ""
        self._until: datetime | None = None
        self._tried: Tried | None = None
        self._damaged = stored.is_damaged(config.data)
        self._writing = asyncio.Lock()

    @property
    def display(self) -> Display:
        """How the screen looks, speaks and sounds."""
        screen = self._config.screen
        return Display(
            language=screen.language or self._config.language,
            theme=screen.theme,
            volume=screen.volume,
            fixed=tuple(key for key in stored.DISPLAY if key in self._config.fixed),
            tried=self._tried,
            damaged=self._damaged,
        )

    @property
    def shown(self) -> Settings | None:
        """The settings, while they are open."""
        if self._until is None:
            return None
        rows = tuple(
            self._setting(section, key) for section, keys in stored.EDITABLE.items() for key in keys
        )
        return Settings(by=self._by, settings=rows, restart=self.changed)

    @property
    def changed(self) -> bool:
        """Whether the engine has to be started anew for all that was set to count."""
        return any(
            stored.value_of(self._config, key) != stored.value_of(self._running, key)
            for key in stored.GUARDED
        )

    def open(self, by: str) -> None:
        """Let an administrator in."""
        self._by, self._until, self._tried = by, self._now() + OPEN, None
        log.info("settings were opened by %s", by)

    def close(self) -> None:
        """Let nobody change more. What was changed counts once the engine was started anew."""
        self._shut()
        if self.changed:
            self._start_anew()

    def take(self, intent: ChangeSetting | Leave | SettingsLeft) -> None:
        """Do what was asked for on the screen, where it may be done."""
        if isinstance(intent, ChangeSetting):
            self._change(intent)
        elif self._until is None:
            return
        elif isinstance(intent, Leave):
            self._tasks.start(self._end("close"))
        else:
            self._shut()
            self._show()

    def tick(self, now: datetime) -> bool:
        """Close when nobody has changed anything for a while. Say whether that was now.

        Also start anew, once nobody is served, for what was changed before the settings were left.
        """
        if self._until is None:
            if self.changed and self._at_rest():
                self._start_anew()
            return False
        if now < self._until:
            return False
        self.close()
        return True

    def _shut(self) -> None:
        if self._until is not None:
            log.info("the settings were closed")
        self._by, self._until, self._tried = "", None, None

    def _start_anew(self) -> None:
        if not self._starting:
            self._starting = True
            self._tasks.start(self._end("restart"))

    def _change(self, intent: ChangeSetting) -> None:
        """Check what is typed for a setting; keep it, where that is meant and it fits."""
        key, text = intent.key, intent.value
        if not self._may(key):
            log.warning("a setting that nobody may change now was not changed: %s", key)
            return
        if self._until is not None:
            self._until = self._now() + OPEN
        try:
            value = stored.read_value(key, text, self._config)
        except stored.UnfitError as error:
            self._say(key, text, error.why)
            return
        if intent.keep:
            self._tasks.start(self._keep(key, text, value))
        else:
            self._say(key, text, None)

    def _may(self, key: str) -> bool:
        if key in self._config.fixed:
            return False
        return key in stored.DISPLAY or (self._until is not None and key in stored.GUARDED)

    async def _keep(self, key: str, text: str, value: Any) -> None:
        """Put a setting on the disk; only then it counts."""
        async with self._writing:
            try:
                await asyncio.to_thread(self._write, key, value)
            except OSError as error:
                self._say(key, text, say("setting.not_kept", reason=error.strerror or str(error)))
            else:
                self._config = stored.with_value(self._config, key, value)
                self._damaged = False
                log.info("%s was set to %s by %s", key, text, self._by or "staff")
                self._say(key, text, None)

    async def _end(self, how: Leaving) -> None:
        """End once all that staff began is on the disk, and the screen knows why.

        Not to start anew, where an administrator has come back to the settings meanwhile.
        """
        while self._busy():  # noqa: ASYNC110 - the desk has no event for it
            await asyncio.sleep(A_MOMENT)
        if how == "restart" and self._until is not None:
            self._starting = False
            return
        self.leaving = how
        self._show()
        await asyncio.sleep(A_MOMENT)
        raise EngineEnds(how)

    def _write(self, key: str, value: Any) -> None:
        data = self._config.data
        stored.keep(data, {**stored.kept(data), key: value})

    def _say(self, key: str, text: str, problem: Phrase | None) -> None:
        self._tried = Tried(key=key, value=text, problem=problem)
        self._show()

    def _setting(self, section: str, key: str) -> Setting:
        least, most = RANGES.get(key, (0, 9999))
        return Setting(
            key=key,
            section=section,
            kind=stored.kind_of(key),
            value=stored.written(key, self._config),
            options=stored.options(key),
            fixed=key in self._config.fixed,
            least=int(least),
            most=int(most),
        )
