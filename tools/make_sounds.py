#!/usr/bin/env python3
"""Make the four sounds of the desk: `tools/make_sounds.py [FOLDER]`. Nothing but Python is needed.

Each has a tune and a rhythm of its own, for those are heard through a bad loudspeaker and by ears
that have lost the high tones: everything lies below 3 kHz. Each is over in a quarter of a second,
begins and ends softly, and dies away as a struck bar of wood does, so that a hundred of them an
hour are borne in a quiet room.

Of our own making, and free for any use: see sounds/LICENSE.txt.
"""

from __future__ import annotations

import math
import struct
import sys
import wave
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "kiosk" / "screens" / "sounds"
RATE = 22_050
LOUDEST = 0.8
ATTACK, RELEASE = 0.004, 0.015


class Note(NamedTuple):
    """One tone: when it begins and how long it lasts in seconds, and its pitch in Hz.

    `bars`: how strong each of its overtones is; those of wood, or, for a warning, of a reed.
    """

    at: float
    seconds: float
    pitch: float
    bars: tuple[float, ...] = (1.0, 0.18, 0.05)


REED = (1.0, 0.0, 0.45, 0.0, 0.2)
C5, G5, E5, A4, E4, B3 = 523.3, 784.0, 659.3, 440.0, 329.6, 246.9

TUNES = {
    "confirmed": (Note(0.0, 0.1, C5), Note(0.09, 0.15, G5)),  # rises: done
    "recorded": (Note(0.0, 0.15, E5),),  # one tone: noted
    "look": (Note(0.0, 0.085, A4), Note(0.135, 0.105, A4)),  # knocks twice: look here
    "not_taken": (Note(0.0, 0.11, E4, REED), Note(0.11, 0.14, B3, REED)),  # falls, and rasps: no
}


def main(folder: Path) -> None:
    """Write them all."""
    for name, notes in TUNES.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(played(notes))


def played(notes: tuple[Note, ...]) -> bytes:
    """Play some notes into samples of 16 bits."""
    samples = [0.0] * round(RATE * max(note.at + note.seconds for note in notes))
    for note in notes:
        start = round(note.at * RATE)
        for i in range(round(note.seconds * RATE)):
            if start + i < len(samples):
                samples[start + i] += _sample(note, i / RATE)
    scale = 32767 * LOUDEST / max(map(abs, samples))
    return b"".join(struct.pack("<h", round(sample * scale)) for sample in samples)


def _sample(note: Note, t: float) -> float:
    shape = min(t / ATTACK, (note.seconds - t) / RELEASE, 1.0) * math.exp(-6 * t / note.seconds / 2)
    turn = 2 * math.pi * note.pitch * t
    # The higher an overtone, the sooner it has died away.
    tones = (
        strength * math.exp(-12 * n * t) * math.sin((n + 1) * turn)
        for n, strength in enumerate(note.bars)
    )
    return shape * sum(tones)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
