"""The two documents, worked through at the console step by step: a shift with an outage in it.

Each step stands beside the section that asks for it. What the demo library holds at the end is what
staff did, each thing once.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support.shift import (
    BELOVED,
    BLOCKED,
    BRAIDING,
    HOBBIT,
    INGRID,
    LEFT_HAND,
    MAYA,
    ON_HOLD,
    PARABLE,
    SPIRITED,
    TOMAS,
    TWO_PLACES,
    ConsoleAtWork,
    DemoLibrary,
    kiosk,
    write_config,
)

from kiosk.staff import changes, file

if TYPE_CHECKING:
    from pathlib import Path

EVA = "21234000777771"
LISTED = f"{BLOCKED} B\n{TOMAS} D\n"

SYMPHONY = f"""
[support]
name = "MSC Support"
phone = "406 555 0100"
[desk]
receipts = "item"
{TWO_PLACES}
[[desk.registration.profiles]]
name = "Adult"
code = "ADULT"
[[desk.registration.profiles]]
name = "Juvenile"
code = "JUV"
[[desk.registration.libraries]]
name = "Libby City"
code = "LIBR1"
[[desk.registration.languages]]
name = "English"
code = "ENGLISH"
"""


def desk(folder: Path, library: DemoLibrary, preset: str, more: str = "") -> str:
    """Set a desk up in a folder of its own: its preset, and what SIP2 cannot carry by hand."""
    folder.mkdir(exist_ok=True)
    config = folder / "kiosk.toml"
    write_config(config, folder / "data", library_port=library.port, printer="terminal = true")
    config.write_text(
        config.read_text()
        + f'[desk.functions]\npreset = "{preset}"\nuncarried = "by_hand"\n'
        + '[[desk.noncat]]\ncode = "2"\nname = "Paperback"\n'
        + '[desk.registration]\nfields = ["family_name", "first_name", "born"]\n'
        + more
    )
    return str(config)


def states(config: str) -> list[tuple[str, str, str]]:
    """Give kind, item and state of each transaction, in order."""
    _, out, _ = kiosk("transactions", "--config", config, "--json")
    records = [json.loads(line) for line in out.splitlines()]
    return [(x["kind"], x.get("item", ""), x["state"]) for x in records]


def carried_out(library: DemoLibrary) -> list[tuple[str, str, str]]:
    """Give what the library did, in order: message, item, card. Nothing of it twice."""
    done = [(x["message"], x["item"], x["patron"]) for x in library.state()["log"] if x["ok"]]
    assert len(set(done)) == len(done)
    return done


def symphony_desk(tmp_path: Path, library: DemoLibrary) -> str:
    """Set up a desk of the Montana Shared Catalog, with staff and this morning's list."""
    config = desk(tmp_path, library, "symphony", SYMPHONY)
    (tmp_path / "data").mkdir()
    staff = changes.add(file.Staff(), "Ada", "administrator", "5093")
    file.write(tmp_path / "data", changes.add(staff, "Ines", "staff", "2741"))
    (tmp_path / "list").write_text(LISTED)
    assert kiosk("blocklist", "import", str(tmp_path / "list"), "--config", config)[0] == 0
    return config


def test_symphonys_offline_procedures(tmp_path: Path, library: DemoLibrary) -> None:
    config = symphony_desk(tmp_path, library)
    staff = ConsoleAtWork(config)
    staff.says("Who is on duty?", "MSC Support · 406 555 0100")

    # OFFLINE SESSION WIZARD. I A, B: user access and library, of which some look alike; C: date and
    # time; D: the usual due date; E: the list with its age.
    staff.enters(":choose:2", "2741")
    staff.says("Nobody has confirmed the clock. Is it")
    staff.enters(":choose:1")
    staff.says("Careful: LIBR[1], LIBR[1]CIRC, not LIBR[HS], LIBR[HS]CIRC")
    staff.enters(":choose:1")
    staff.says("The block list was made today")
    staff.enters(":choose:1")
    staff.says("The usual due date", " 7  28 days: ")
    staff.enters(":choose:7")
    staff.says("Ines · Libby City Library (LIBR1) · City (LIBR1CIRC)", "Usually due")
    staff.enters(MAYA, LEFT_HAND, HOBBIT, ":done")
    staff.says("2 items checked out")

    # STARTING WORKFLOWS. Offline mode is nothing to switch on.
    library.stop()

    # CHECKOUT WIZARD. II A: system users; III: delinquent; IV: blocked.
    staff.enters("DISCARD", BLOCKED)
    staff.says("DISCARD is a card of the library system", "This patron is barred", "Do not lend")
    staff.enters(":no", TOMAS)
    staff.says("Overdue items or fees")
    # V 1: "Alt due date"; 2: the item; 3: a slip to be placed in it; VI: the next user.
    staff.enters(":yes", ":due:7", BRAIDING, INGRID, SPIRITED)
    staff.says("Card ending 7721", SPIRITED)
    staff.enters(":done")  # VII
    staff.says("1 item checked out")

    # DISCHARGE/CHECKIN WIZARD. II; III: the book drop; IV: item and date; V: not shelved yet.
    staff.enters(":checkin", LEFT_HAND)
    staff.says("Keep 1 returned item off the shelves until the library has answered")
    staff.enters(":bookdrop:yesterday", ON_HOLD, PARABLE)
    staff.says(f"{PARABLE} · Returned", "Keep it off the shelf until the library answers.")

    # RENEW SINGLE ITEM AND RENEW RESERVE - DISABLED.
    staff.enters(":renew")
    staff.says("No renewals at this desk", "Symphony cannot tell offline whether")

    # REGISTERING NEW USERS. I: discouraged; II: library, profile and language; no department.
    staff.enters(":register")
    staff.says("Nobody can see here whether the patron is registered already or has lost a card.")
    staff.enters(":yes", EVA, "Novak", "Eva", "1990-01-31", ":choose:2", BELOVED, ":done")
    (slip,) = re.findall(r"entered:[0-9a-f]+", staff.says("REGISTER THIS PATRON", "entered:"))

    # HELP WIZARD. What cannot be known, and whom to call.
    staff.enters(":help")
    staff.says("The library is offline: holds, limits", "MSC Support · 406 555 0100")

    # WHEN THE CONNECTION TO WORKFLOWS IS RESTORED. I to VI: nothing to switch off or start anew;
    # VII: what was done is loaded by itself, the errors come back to the desk.
    library.start()
    staff.says("The library has answered for all returns")
    staff.enters(":today")
    staff.says(
        "Parable of the Sower · as of", "refused", "Piranesi · as of", "confirmed, needs a look"
    )
    # VIII: the new registrations are cleaned up, and what waited for them goes out.
    staff.enters(f":{slip}")
    staff.says("1 line is off the list")
    assert staff.ends() == 4

    assert carried_out(library) == [
        ("11", LEFT_HAND, MAYA),
        ("11", HOBBIT, MAYA),
        ("11", BRAIDING, TOMAS),
        ("11", SPIRITED, INGRID),
        ("09", LEFT_HAND, MAYA),
        ("09", ON_HOLD, ""),
    ]
    assert library.entries(BELOVED)[-1]["words"] == "Unknown card"  # nobody has told the demo
    assert states(config) == [
        ("checkout", LEFT_HAND, "applied"),
        ("checkout", HOBBIT, "applied"),
        ("checkout", BRAIDING, "applied"),
        ("checkout", SPIRITED, "applied"),
        ("checkin", LEFT_HAND, "applied"),
        ("checkin", ON_HOLD, "noticed"),
        ("checkin", PARABLE, "refused"),
        ("registration", "", "by_hand"),
        ("checkout", BELOVED, "refused"),
    ]


def test_evergreens_uploading_of_offline_transactions(tmp_path: Path, library: DemoLibrary) -> None:
    """Two workstations, one outage. Each uploads by itself as soon as the library is back.

    The upload session (steps 1 to 6 of "Creating an Offline Session") belongs to delivery to
    Evergreen itself: SIP2 has none, and takes what each workstation sends.
    """
    front = desk(tmp_path / "front", library, "evergreen")
    back = desk(tmp_path / "back", library, "evergreen")
    at_front, at_back = ConsoleAtWork(front), ConsoleAtWork(back)
    at_front.enters(MAYA, LEFT_HAND, ":done")
    at_front.says("1 item checked out")

    library.stop()
    at_front.enters(MAYA, BRAIDING, ":noncat", "2", ":renew", LEFT_HAND, ":done")
    at_front.says("3 checked out, 1 renewed")
    at_front.enters(":register")
    at_front.says("register the patron in Evergreen when it is back")
    at_front.enters(":yes", EVA, "Novak", "Eva", "1990-01-31", ":done")
    at_front.says("REGISTER THIS PATRON")
    at_front.enters(":inhouse", HOBBIT, ":done")
    at_front.says("1 use counted")
    at_back.enters(":checkin")
    at_back.says("While Evergreen is away, nobody can see whether an item is on hold")
    at_back.enters(":yes", ON_HOLD, ":done")
    at_back.says("Keep 1 returned item off the shelves")
    at_back.enters(":checkout", INGRID, SPIRITED, ":done")
    at_back.says("1 item checked out")

    # "Once you are able to connect to the server, you need to upload", "as soon as possible".
    library.start()
    at_back.says("The library has answered for all returns")
    assert at_back.ends() == 4  # an item on hold is to be looked after
    assert at_front.ends() == 4  # something is to be entered by hand
    assert set(carried_out(library)) == {
        ("09", ON_HOLD, ""),
        ("11", BRAIDING, MAYA),
        ("11", LEFT_HAND, MAYA),
        ("11", SPIRITED, INGRID),
        ("29", LEFT_HAND, MAYA),
    }
    assert states(front) == [
        ("checkout", LEFT_HAND, "applied"),
        ("checkout", BRAIDING, "applied"),
        ("noncat_checkout", "", "by_hand"),
        ("renewal", LEFT_HAND, "applied"),
        ("registration", "", "by_hand"),
        ("in_house_use", HOBBIT, "by_hand"),
    ]
    assert states(back) == [("checkin", ON_HOLD, "noticed"), ("checkout", SPIRITED, "applied")]


@pytest.mark.parametrize("preset", ["koha", "sip2"])
def test_a_shift_at_a_desk_of_koha_or_plain_sip2(
    tmp_path: Path, library: DemoLibrary, preset: str
) -> None:
    config = desk(tmp_path, library, preset)
    staff = ConsoleAtWork(config)
    staff.enters(MAYA, LEFT_HAND, ":done")
    staff.says("1 item checked out")

    library.stop()
    staff.enters(":renew")
    staff.says("it decides later whether this may be renewed")
    staff.enters(":yes", MAYA, LEFT_HAND, ":done")
    staff.says("1 item renewed")
    staff.enters(":count:3", HOBBIT, ":checkout", TOMAS, ":noncat", "2", BRAIDING, ":done")
    staff.says("IN-HOUSE USE: 3 TIMES", "3 items checked out")
    staff.enters(":guest", "Anna Maier", "1990-04-30", "", SPIRITED, ":done")
    staff.says("No card: Anna Maier")
    staff.enters(":register", EVA, "Novak", "Eva", "1990-01-31", ":done")
    staff.says("REGISTER THIS PATRON")
    staff.enters(":paper:2026-01-31T14:05", INGRID, PARABLE, ":paper:off", ":checkin", ON_HOLD)
    staff.says("Keep 1 returned item off the shelves")

    library.start()
    staff.says("The library has answered for all returns")
    assert staff.ends() == 4
    assert set(carried_out(library)) == {
        ("09", ON_HOLD, ""),
        ("11", BRAIDING, TOMAS),
        ("11", LEFT_HAND, MAYA),
        ("11", PARABLE, INGRID),
        ("29", LEFT_HAND, MAYA),
    }
    by_hand = [kind for kind, _, state in states(config) if state == "by_hand"]
    assert by_hand == ["in_house_use", "noncat_checkout", "checkout", "registration"]
