"""Staff have a say in delivery: it is paused, sent, or looked at before; at a real engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from support.shift import BRAIDING, LEFT_HAND, MAYA, TOMAS, kiosk

if TYPE_CHECKING:
    from support.shift import DemoLibrary


def console(config: str, *lines: str, drain: str = "0") -> tuple[int, str]:
    typed = "".join(f"{line}\n" for line in lines)
    code, out, err = kiosk("console", "--config", config, "--drain", drain, lines=typed)
    assert code in (0, 3), err
    return code, out


def with_setting(config: str, line: str) -> None:
    """Set a key of [delivery]; and let nothing be answered while the patron waits."""
    text = Path(config).read_text().replace('live = "sip2"', 'live = "none"')
    Path(config).write_text(text.replace("[delivery]\n", f"[delivery]\n{line}\n"))


def test_paused_it_waits_over_restarts_until_staff_send_it(
    config: str, library: DemoLibrary
) -> None:
    code, out = console(config, ":pause", MAYA, LEFT_HAND, ":done", ":delivery", drain="1")
    assert code == 3
    assert "1 transaction waits to be sent · Paused" in out
    assert console(config, drain="1")[0] == 3
    assert library.carried_out(LEFT_HAND) == []
    assert console(config, ":send", drain="20")[0] == 0
    assert any("Last backlog: 1 sent" in console(config, ":delivery")[1] for _ in range(5))
    assert library.carried_out(LEFT_HAND) == ["11"]


def test_what_shall_be_sent_in_the_evening_waits_until_then_or_for_staff(
    config: str, library: DemoLibrary
) -> None:
    with_setting(config, 'load_at = "00:00"')
    code, out = console(config, MAYA, LEFT_HAND, ":done", ":delivery", drain="1")
    assert code == 3
    assert "What waits is sent" in out
    assert console(config, ":send", drain="20")[0] == 0
    assert library.carried_out(LEFT_HAND) == ["11"]


def test_after_an_outage_staff_look_first_where_they_want_to(
    config: str, library: DemoLibrary
) -> None:
    with_setting(config, "ask_first = true")
    assert console(config, MAYA, LEFT_HAND, ":done", ":send", drain="20")[0] == 0
    library.stop()
    entered = (
        ":checkin",
        LEFT_HAND,
        ":checkout",
        MAYA,
        LEFT_HAND,
        BRAIDING,
        TOMAS,
        LEFT_HAND,
        ":yes",
        ":done",
    )
    assert console(config, *entered)[0] == 3
    library.start()
    code, out = console(config, ":preview", ":delivery", drain="2")
    assert code == 3
    assert "4 transactions wait to be sent · With 1 of them there will probably be trouble" in out
    assert "See who really has it" in out
    assert "the backlog waits for your word" in out
    listed = kiosk("preview", "--config", config)[1]
    assert "See who really has it" in listed
    assert MAYA not in listed
    assert console(config, ":send", drain="20")[0] == 0
    assert library.carried_out(BRAIDING) == ["11"]
