"""All examples of what can be on show, by name. A new module of them gets its name here."""

from __future__ import annotations

from tests.screens import states, states_forms, states_lists, states_modes, states_settings

STATES = (
    states.STATES
    | states_forms.STATES
    | states_lists.STATES
    | states_modes.STATES
    | states_settings.STATES
)
