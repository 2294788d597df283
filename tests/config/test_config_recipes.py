"""The recipes in the manual, one for each library system, are taken as they stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.configuring import write

from kiosk.config import load
from kiosk.engine.trials import trials
from kiosk.engine.ways import ways

MANUAL = Path(__file__).parents[2] / "docs" / "administrators.md"
RECIPES = dict(
    re.findall(r"```toml\n# kiosk\.toml: (.+?)\n(.+?)```", MANUAL.read_text("utf-8"), re.DOTALL)
)
SYSTEMS = {
    "Evergreen": ["sip2", "evergreen", "blocklist"],
    "Koha by SIP2": ["sip2"],
    "Koha by SIP2 and HTTP": ["sip2", "koha"],
    "Symphony by SIP2": ["sip2"],
    "Symphony's log": ["symphony"],
    "FOLIO": ["sip2"],
    "any other by SIP2": ["sip2"],
    "files": ["files"],
}
"""What each connects to."""


PRESETS = {
    "Evergreen": "evergreen",
    "Koha by SIP2": "koha",
    "Koha by SIP2 and HTTP": "koha",
    "Symphony by SIP2": "symphony",
    "Symphony's log": "symphony",
}
"""What is known of offline work with each; of the others nothing."""


def test_every_system_has_a_recipe() -> None:
    assert RECIPES.keys() == SYSTEMS.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_complete(tmp_path: Path, name: str) -> None:
    text = RECIPES[name].replace("/etc/daybook", str(tmp_path))
    for secret in re.findall(r'_file = "(.+?)"', text):
        Path(secret).write_text("secret")
    config = load(write(tmp_path, text))

    def clock() -> datetime:
        return datetime.now(UTC)

    assert config.desk.functions.preset == PRESETS.get(name, "none")
    assert ways(config, clock) is not None
    assert [each.system for each in trials(config, clock)] == SYSTEMS[name]
