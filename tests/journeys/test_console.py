"""`kiosk console`: the same desk in plain text, for scripts and for a desk without a screen."""

from __future__ import annotations

import json
from pathlib import Path

from support.shift import (
    BRAIDING,
    LEFT_HAND,
    MAYA,
    ON_HOLD,
    TOMAS,
    WESTSIDE,
    DemoLibrary,
    kiosk,
    shift,
    with_check_digit,
)

from kiosk.daybook.daybook import Daybook

SEVEN_SAMURAI = "31234000262269"
"""The demo library lends it for seven days, whatever the kiosk says."""


def lines(*some: str) -> str:
    return "".join(f"{line}\n" for line in some)


def test_everything_delivered_exits_0_with_a_line_for_each_thing_and_the_receipt(
    config: str, library: DemoLibrary
) -> None:
    code, out, err = kiosk(
        "console", "--config", config, lines=lines(MAYA, LEFT_HAND, BRAIDING, ":done")
    )
    assert code == 0, err
    assert out.count("  recorded   ") == 2
    assert "NORTHSIDE BRANCH LIBRARY" in out
    assert "Card ending 4417" in out
    assert library.loans() == {LEFT_HAND: MAYA, BRAIDING: MAYA}


def test_with_the_library_down_it_exits_3_and_the_next_run_delivers(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    code, out, _ = kiosk(
        "console", "--config", config, "--drain", "0.5", lines=lines(MAYA, LEFT_HAND, ":done")
    )
    assert code == 3
    assert "  recorded   " in out
    code, out, _ = kiosk("transactions", "--config", config, "--state", "queued")
    assert LEFT_HAND in out
    library.start()
    code, _, err = kiosk("console", "--config", config, lines="")
    assert code == 0, err
    assert library.carried_out(LEFT_HAND) == ["11"]


def test_a_refusal_that_nobody_saw_exits_4_and_stays_on_the_list(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    commands = lines(TOMAS, "31234000999998", ":yes", ":done")
    code, _, _ = kiosk("console", "--config", config, "--drain", "0", lines=commands)
    assert code == 3
    library.start()
    code, _, err = kiosk("console", "--config", config, lines="")
    assert code == 4, err
    code, out, _ = kiosk("transactions", "--json", "--config", config, "--state", "refused")
    record = json.loads(out)
    assert record["patron"] == TOMAS
    assert record["outcome"]["words"]
    _, out, _ = kiosk("status", "--json", "--config", config)
    assert json.loads(out)["to_fix"] == 1


def test_what_only_lies_in_a_file_is_not_delivered_yet(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f"""data = "{tmp_path / "data"}"
[library]
name = "Northside Branch Library"
terminal = "desk-1"
[ils]
offline = "files"
[ils.files]
format = "koc"
to = "{tmp_path / "out"}"
"""
    )
    entered = lines(MAYA, LEFT_HAND, ":done", ":send")
    code, out, err = kiosk("console", "--config", str(config), lines=entered)
    assert code == 3, err
    [file] = (tmp_path / "out").iterdir()
    assert f"issue\t{MAYA}\t{LEFT_HAND}" in file.read_text()
    assert "1 written to koc-desk-1" in out
    _, out, _ = kiosk("console", "--config", str(config), "--drain", "0", lines=lines(":delivery"))
    assert "1 handed over since" in out
    assert "The library answers" not in out


def test_where_nobody_is_on_duty_it_exits_1_and_after_the_pin_all_is_recorded(
    tmp_path: Path,
) -> None:
    options = ("--config", str(tmp_path / "kiosk.toml"), "--data", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "kiosk.toml").write_text('[library]\nname = "Northside"\n')
    code, _, err = kiosk(
        "staff", "add", "Ada", "--role", "administrator", *options, lines=lines("2741")
    )
    assert code == 0, err
    for visit in ((MAYA, LEFT_HAND, ":done"), (MAYA,)):
        code, out, err = kiosk("console", *options, lines=lines(*visit))
        assert code == 1, out
        assert "not everything that was entered was recorded" in err
    visit = ("1", "2741", ":yes", MAYA, LEFT_HAND, ":done")
    code, out, err = kiosk("console", *options, "--drain", "0", lines=lines(*visit))
    assert "  recorded   " in out, out
    assert code == 3, err  # it waits: this desk has no library to send it to


def test_quit_ends_it_before_the_end_of_input(config: str, library: DemoLibrary) -> None:
    code, _, _ = kiosk("console", "--config", config, lines=lines(MAYA, ":quit", LEFT_HAND))
    assert code == 0
    assert library.loans() == {}


def test_a_thousand_lines_at_once_are_all_taken(config: str, library: DemoLibrary) -> None:
    items = [with_check_digit(f"3123400{n:06d}") for n in range(1000)]
    library.stop()
    code, out, _ = kiosk(
        "console", "--config", config, "--drain", "0", lines=lines(MAYA, *items, ":done-noslip")
    )
    assert code == 3
    assert out.count("  recorded   ") == 1000
    assert "1000 items checked out" in out


def test_beside_a_running_kiosk_it_is_another_client_of_the_same_desk(tmp_path: Path) -> None:
    with shift(tmp_path) as desk:
        desk.sees(lambda s: s.library.state == "online", "the library online")
        code, out, err = kiosk(
            "console", "--config", str(desk.config), lines=lines(MAYA, ON_HOLD, ":help")
        )
        assert code in (0, 3), err
        assert "A patron is at the desk: scan the items." in out
        desk.sees(lambda s: s.patron is not None, "the patron that was typed there")
        _, out, _ = kiosk("status", "--json", "--config", str(desk.config))
        assert json.loads(out)["engine"] == "running"
        assert json.loads(out)["connection"] == "online"


def test_after_an_outage_the_cart_says_where_each_return_goes(
    config: str, library: DemoLibrary
) -> None:
    lent = lines(MAYA, LEFT_HAND, ":done-noslip")
    assert kiosk("console", "--config", config, lines=lent)[0] == 0
    library.stop()
    returns = lines(":checkin", LEFT_HAND, ON_HOLD, WESTSIDE, ":cart", ON_HOLD)
    code, out, err = kiosk("console", "--config", config, "--drain", "0", lines=returns)
    assert code == 3, err
    assert "Keep it off the shelf until the library answers" in out
    assert "The cart: 3 items left" in out
    assert "recorded   Wait" in out
    library.start()
    later = {"kiosk.daybook.returns.IN_HAND": 0.0}  # no book has stayed in the hand for so long
    kiosk("console", "--config", config, lines="", sooner=later)
    seen = lines(":cart", LEFT_HAND, ON_HOLD)
    _, out, err = kiosk("console", "--config", config, lines=seen, sooner=later)
    assert "confirmed  Shelve" in out, err
    assert "look       Hold shelf" in out
    entered = lines(":cart", WESTSIDE, ":cart")
    _, out, _ = kiosk("console", "--config", config, lines=entered, sooner=later)
    assert "The cart: 1 item left" in out
    assert "look       To Westside" in out
    assert "The cart is empty" in out


def test_what_was_on_paper_reaches_the_library_with_its_time_and_before_what_came_later(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    code, _, err = kiosk(
        "console",
        *("--config", config, "--drain", "0"),
        lines=lines(":checkin", LEFT_HAND, ":done", ":paper:2025-06-30T14:05", MAYA, LEFT_HAND),
    )
    assert code == 3, err
    library.start()
    code, out, err = kiosk("console", "--config", config, lines=lines(":day:2025-06-30"))
    assert code == 0, err
    assert "14:05 on paper" in out
    lent, returned = library.entries(LEFT_HAND)
    assert (lent["message"], returned["message"]) == ("11", "09")
    assert lent["at"] == "2025-06-30T14:05:00"
    assert lent["no_block"] is True
    assert library.loans() == {}


def test_what_the_library_lends_for_another_time_is_told_and_learnt(
    config: str, tmp_path: Path
) -> None:
    (tmp_path / "kiosk.toml").write_text(Path(config).read_text() + "[desk]\nlearn_loans = true\n")
    entered = lines(":time:ok", MAYA, SEVEN_SAMURAI, LEFT_HAND, ":done")
    code, out, err = kiosk("console", "--config", config, lines=entered)
    assert code == 0, err
    assert "The library set another due date" in out
    with Daybook(tmp_path / "data", read_only=True) as daybook:
        learnt = {item: daybook.learnt(item) for item in (SEVEN_SAMURAI, LEFT_HAND)}
        assert (learnt[SEVEN_SAMURAI].days, learnt[LEFT_HAND].days) == (7, 21)
        assert learnt[SEVEN_SAMURAI].lent is not None
        assert daybook.indexes.lengths.of(SEVEN_SAMURAI) is None  # one answer is not believed


def test_what_was_scanned_faster_than_the_disk_writes_is_told_in_the_order_of_the_scans(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    scans = [with_check_digit(f"3123400{n:06d}") for n in range(60)]
    batches = [scans[n : n + 10] for n in range(0, 60, 10)]
    cards = [with_check_digit(f"2123400{n:06d}") for n in range(6)]
    script = [x for card, items in zip(cards, batches, strict=True) for x in (card, *items)]
    _, out, _ = kiosk(
        "console", "--config", config, "--drain", "0", lines=lines(*script, ":done-noslip")
    )
    told = [line.split()[2] for line in out.splitlines() if "  recorded   " in line]
    assert told == scans


def test_what_was_typed_ahead_is_answered_in_its_order_though_some_of_it_waits_for_the_disk(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    script = [":checkin", "9780441478125", ":checkout", "9780441478125"] * 20
    _, out, _ = kiosk("console", "--config", config, "--drain", "0", lines=lines(*script))
    told = [line.split()[1] for line in out.splitlines() if "Check " in line or "ISBN" in line]
    assert told == ["-", "not"] * 40


def test_a_delivered_loan_of_a_closed_visit_is_undone_by_a_linked_checkin_with_another_at_the_desk(
    config: str, library: DemoLibrary
) -> None:
    kiosk("console", "--config", config, lines=lines(MAYA, LEFT_HAND, BRAIDING, ":done"))
    script = lines(TOMAS, ":today", ":choose:2", ":undo", ON_HOLD, ":done")
    _, out, _ = kiosk("console", "--config", config, lines=script)
    assert "The Left Hand of Darkness does not count any more" in out
    assert library.loans() == {BRAIDING: MAYA}
    assert library.carried_out(LEFT_HAND) == ["11", "09"]
    records = kiosk("transactions", "--json", "--config", config)[1].splitlines()
    lent, _, back = (json.loads(x) for x in records if json.loads(x)["item"] != ON_HOLD)
    assert (back["kind"], back["undoes"], back["state"]) == ("checkin", lent["id"], "applied")


def test_a_login_that_the_library_refuses_is_said_with_whom_to_tell(
    config: str, library: DemoLibrary
) -> None:
    Path(config).with_suffix(".password").write_text("another\n")
    code, out, err = kiosk(
        "console", "--config", config, "--drain", "3", lines=lines(MAYA, LEFT_HAND)
    )
    assert code == 3, err
    assert "The library refused this kiosk's login. " in out
    assert "refused this kiosk's login" in out
    assert library.loans() == {}


def test_a_refusal_typed_after_a_scan_is_told_after_it_is_recorded(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    path = Path(config)
    path.write_text(path.read_text() + '[desk.functions]\npreset = "symphony"\n')
    items = [with_check_digit(f"3123400{n:06d}") for n in range(20)]
    script = lines(MAYA, *(x for item in items for x in (item, ":renew")))
    _, out, _ = kiosk("console", "--config", config, "--drain", "0", lines=script)
    told = [x.split()[2] for x in out.splitlines() if "  recorded  " in x or "No renewals" in x]
    assert told == [x for item in items for x in (item, "taken")]
