"""Every screen, in every size and language: nothing clipped, cut or too small."""

from __future__ import annotations

import pytest

from kiosk.words import LANGUAGES
from tests.screens.audit import cut_buttons, what_stays
from tests.screens.stage import SIZES
from tests.screens.stories import NAMES


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_screen_passes_the_audit_in_every_language(stage, size, language):
    stage.fresh(size, "contrast", language)  # whose letters and lines are the widest
    found = []
    for name in NAMES:
        stage.turn_to(name)
        found += what_stays(stage, name, cut_buttons)
    assert found == []
