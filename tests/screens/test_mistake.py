"""A screen whose settings cannot be used says so, until they can."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE

from tests.screens.audit import words

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def app(stage):
    from kivy.core.window import Window

    from kiosk.screens.mistake import MistakeApp

    stage.fresh()
    problems = ["kiosk.toml: [desk] loan_day = 21 is not known: did you mean [b]loan_days[/b]?"]
    app = MistakeApp(lambda: problems[-1])
    app.problems = problems
    app.root = app.build()
    Window.remove_widget(stage.root)
    Window.add_widget(app.root)
    yield app
    Window.remove_widget(app.root)
    stage.forget()


def test_the_mistake_stands_there_as_it_is_told_and_what_to_do(app, stage):
    stage.frames()
    headline, body, small = words(app.root)[:3]
    assert headline == "There is a mistake in the settings"
    assert "did you mean &bl;b&br;loan_days" in body
    assert "the desk starts by itself" in small


def test_another_mistake_takes_its_place(app, stage, monkeypatch):
    app.problems.append("kiosk.toml is not TOML")
    app._look(0)
    stage.frames()
    assert "kiosk.toml is not TOML" in words(app.root)


def test_it_ends_when_the_settings_are_right(app, monkeypatch):
    ended = []
    monkeypatch.setattr(app, "stop", lambda: ended.append(True))
    app._look(0)
    assert ended == []
    app.problems.append("")
    app._look(0)
    assert ended == [True]


def test_the_screen_shows_a_mistake_and_is_started_again_when_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    settings = tmp_path / "kiosk.toml"
    settings.write_text("[desk]\nloan_day = 21\n")
    command = [sys.executable, "-m", "kiosk", "screen", "--config", str(settings)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as screen:
        assert screen.stderr is not None
        assert "did you mean loan_days?" in screen.stderr.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            screen.wait(2)
        settings.write_text("[desk]\nloan_days = 21\n")
        assert screen.wait(PATIENCE) == 0
        assert "can be used now" in screen.stderr.read()
