"""The four sounds: told apart by all ears, and really played."""

from __future__ import annotations

import cmath
import math
import os
import runpy
import struct
import subprocess
import sys
import wave
from array import array
from itertools import combinations, groupby
from pathlib import Path

import pytest

from kiosk.screens.sound import SOUNDS, TONES, Player, loudness

MAKER = Path(__file__).parents[2] / "tools" / "make_sounds.py"
AGED_EAR = 3_000
"""Hz, above which many hear little."""

PLAY = """
import sys, time, os
os.environ["KIVY_HOME"] = sys.argv[1]
from pathlib import Path
from kiosk.screens.setup import prepare
prepare(home=Path(sys.argv[1]))
from kiosk.screens.sound import Player
player = Player(100)
list(player.make_ready())
for volume in map(int, sys.argv[2:]):
    player.volume = volume
    player.answered("recorded")
    time.sleep(0.8)
"""

PIECE = 4_000
"""Samples, of two channels: short beside the silence between two sounds."""


def samples(tone: str) -> tuple[int, list[int]]:
    with wave.open(str(SOUNDS / f"{tone}.wav")) as file:
        frames = file.readframes(file.getnframes())
        return file.getframerate(), list(struct.unpack(f"<{len(frames) // 2}h", frames))


def spectrum(wave: list[complex]) -> list[complex]:
    if len(wave) == 1:
        return wave
    even, odd = spectrum(wave[::2]), spectrum(wave[1::2])
    turned = [cmath.exp(-2j * math.pi * k / len(wave)) * o for k, o in enumerate(odd)]
    pairs = list(zip(even, turned, strict=True))
    return [e + o for e, o in pairs] + [e - o for e, o in pairs]


def loudest_pitches(rate: int, wave: list[int]) -> tuple[int, int]:
    """Give the strongest pitch of a sound's first and of its last 80 ms, in Hz."""
    size = 1024
    ends = []
    for part in (wave[200 : 200 + size], wave[-size - 400 : -400]):
        strength = [abs(x) for x in spectrum([complex(s) for s in part])[: size // 2]]
        ends.append(round(strength.index(max(strength)) * rate / size))
    return ends[0], ends[1]


def test_the_sounds_are_those_that_the_tool_makes(tmp_path):
    runpy.run_path(str(MAKER))["main"](tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SOUNDS.glob("*.wav")}
    assert {f"{tone}.wav" for tone in TONES} == {*made}


@pytest.mark.parametrize("tone", TONES)
def test_a_sound_is_short_begins_and_ends_softly_and_lies_low(tone):
    rate, wave = samples(tone)
    assert len(wave) / rate <= 0.25
    assert max(map(abs, (*wave[:5], *wave[-5:]))) < 1500
    padded = [*map(complex, wave), *[0j] * (8192 - len(wave))]
    power = [abs(x) ** 2 for x in spectrum(padded)[:4096]]
    heard_by_few = power[AGED_EAR * 8192 // rate :]
    assert sum(heard_by_few) < 0.01 * sum(power)


def test_no_two_sounds_have_the_same_tune():
    tunes = {tone: loudest_pitches(*samples(tone)) for tone in TONES}
    for one, other in combinations(TONES, 2):
        apart = [abs(math.log2(a / b)) for a, b in zip(tunes[one], tunes[other], strict=True)]
        assert max(apart) > 3 / 12, (one, other)  # three semitones, at one end at least


def test_look_knocks_twice():
    rate, wave = samples("look")
    step = rate // 100
    loud = [max(map(abs, wave[i : i + step])) > 3000 for i in range(0, len(wave), step)]
    assert sum(now and not before for before, now in zip([False, *loud], loud, strict=False)) == 2


def test_a_sound_comes_out_as_loud_as_it_shall_be(tmp_path):
    raw = tmp_path / "loudspeaker.raw"
    env = {**os.environ, "SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(raw)}
    command = [sys.executable, "-c", PLAY, str(tmp_path / "kivy"), "100", "50", "0"]
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=300)
    heard = array("h", raw.read_bytes())
    peaks = [max(map(abs, heard[at : at + PIECE])) for at in range(0, len(heard), PIECE)]
    loud, half = (max(sound) for silent, sound in groupby(peaks, lambda x: x == 0) if not silent)
    assert loud > 20_000
    assert half / loud == pytest.approx(loudness(50), rel=0.1)


@pytest.mark.parametrize("driver", ["dummy", "no-such-driver"])
def test_a_machine_without_a_loudspeaker_is_silent(tmp_path, driver):
    env = {**os.environ, "SDL_AUDIODRIVER": driver}
    command = [sys.executable, "-c", PLAY, str(tmp_path), "100"]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=300)
    assert "Traceback" not in done.stderr
    assert "AudioSDL2" not in done.stderr


def test_says_once_that_there_are_no_sounds(monkeypatch, caplog, stage):
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    caplog.set_level("INFO")
    player = Player(70)
    list(player.make_ready())
    player.answered("confirmed")
    assert [record.message for record in caplog.records] == [
        "no sounds: SDL finds no loudspeaker on this machine"
    ]


def test_a_sound_is_read_once(monkeypatch):
    monkeypatch.setattr("kiosk.screens.sound._load", lambda path: path)
    player = Player(70)
    assert len(list(player.make_ready())) == len(TONES)
    assert list(player.make_ready()) == []


def test_at_volume_nought_no_loudspeaker_is_opened(caplog):
    caplog.set_level("INFO")
    assert list(Player(0).make_ready()) == []
    assert caplog.records == []
