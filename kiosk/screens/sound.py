"""The four sounds: what became of a scan, for those who do not look up.

They are played by SDL in a thread of its own, and are in memory before the first is wanted, so no
frame waits for one. A machine without a loudspeaker stays silent and is otherwise none the worse.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import Tone

log = logging.getLogger("kiosk.screens")

SOUNDS = Path(__file__).parent / "sounds"
TONES: tuple[Tone, ...] = ("confirmed", "recorded", "look", "not_taken")
"""What is heard. `neutral` is silent: nothing has become of anything."""


class Player:
    """Plays the sound of an answer, at a volume from 0 to 100; 0 is silence."""

    def __init__(self, volume: int) -> None:
        self.volume = volume
        self._sounds: dict[Tone, Any] = {}

    def make_ready(self) -> Iterator[None]:
        """Open the loudspeaker and read the sounds there are not yet, one at each step."""
        for tone in TONES if self.volume else ():
            if tone in self._sounds:
                continue
            sound = _load(SOUNDS / f"{tone}.wav")
            if sound is None:
                log.info("no sounds: SDL finds no loudspeaker on this machine")
                break
            self._sounds[tone] = sound
            yield

    def answered(self, tone: Tone) -> None:
        """Let an answer be heard, in place of the one before."""
        for other in self._sounds.values():
            other.stop()
        sound = self._sounds.get(tone)
        if sound and self.volume:
            sound.volume = loudness(self.volume)
            sound.play()


def _load(path: Path) -> Any:
    """Read a sound; None where there is nothing to play it on, in which Kivy sees a catastrophe."""
    from kivy.core.audio import SoundLoader  # noqa: PLC0415 - not before the first frame

    kivy_log = logging.getLogger("kivy")
    kivy_log.disabled = True
    try:
        sound = SoundLoader.load(str(path))
    finally:
        kivy_log.disabled = False
    return sound if sound and sound.length else None


def loudness(volume: int) -> float:
    """Turn a volume into the share of the amplitude: half as much is heard at a quarter of it."""
    return (volume / 100) ** 2
