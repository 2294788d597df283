"""A text is drawn when somebody can see it, not before; and once, though others say the same."""

from __future__ import annotations

import pytest

from kiosk.screens.widgets import texts
from kiosk.screens.widgets.texts import Icon, Text


@pytest.fixture
def drawn(stage, monkeypatch):
    """What was really drawn since."""
    stage.fresh()
    texts._written.cache_clear()
    seen: list[str] = []

    class Noted(texts.CoreLabel):
        def _render_begin(self) -> None:
            seen.append(self.text)
            super()._render_begin()

    monkeypatch.setattr(texts, "CoreLabel", Noted)
    yield seen
    texts._written.cache_clear()


def test_a_text_that_is_not_on_show_is_measured_alone(stage, drawn):
    text = Text(says="Made ahead of all need", size=(300, 40))
    stage.frames()
    assert text.height > 10
    assert text.says not in drawn


def test_it_is_drawn_once_it_is_seen(stage, drawn):
    text = Text(says="Made ahead of all need", size=(300, 40))
    stage.frames()
    stage.root.add_widget(text)
    stage.frames()
    stage.root.remove_widget(text)
    assert drawn.count(text.says) == 1


def test_the_same_words_are_drawn_once_for_all(stage, drawn):
    some = [Text(says="Seen by everybody here", size=(300, 40)) for _ in range(3)]
    for text in some:
        stage.root.add_widget(text)
    stage.frames()
    for text in some:
        stage.root.remove_widget(text)
    assert drawn.count("Seen by everybody here") == 1
    assert len({text.texture for text in some}) == 1


def test_a_text_of_nothing_has_no_height(stage):
    stage.fresh()
    text = Text(says="Soon gone", size=(300, 40))
    stage.frames()
    assert text.height > 10
    text.says = ""
    stage.frames()
    assert text.height == 0
    assert text.texture is None


def test_an_icon_has_a_square_for_itself(stage):
    stage.fresh()
    icon = Icon(name="check", font_size=30)
    stage.frames()
    assert icon.size == [30, 30]
    icon.font_size = 20
    assert icon.size == [20, 20]
