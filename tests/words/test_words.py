"""Every sentence is there, is used, and can be written out whatever it is given."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.status import Problem
from kiosk.delivery.loading import FileTiding
from kiosk.delivery.preview import Kind as Foretold
from kiosk.delivery.uploads import Tiding as UploadTiding
from kiosk.desk.afterwards.runs import Rests
from kiosk.desk.afterwards.runs import Why as WhyRun
from kiosk.desk.answers import Tone
from kiosk.desk.asking.prompts import FieldKind
from kiosk.desk.batches.files import DECISIONS
from kiosk.desk.batches.standing import SessionStage
from kiosk.desk.checks.blocklist import STATUSES, Freshness
from kiosk.desk.checks.functions import PRESETS, Function
from kiosk.desk.commandlist import GROUPS
from kiosk.desk.commands import Word
from kiosk.desk.events import Group
from kiosk.desk.policy import RegistrationField, RegistrationRules
from kiosk.desk.session.sessions import Role, Why
from kiosk.desk.settling.advice import Choice, Fault, Todo
from kiosk.desk.settling.worklist import NOTES
from kiosk.desk.transactions import KNOWN_REASONS, DueBy, Kind, OutcomeKind, PatronBlock
from kiosk.desk.visits import Mode, Stage
from kiosk.desk.words import say
from kiosk.ils.files.fields import Code as Unfit
from kiosk.ils.files.library import OF_ONE, TROUBLE
from kiosk.ils.koha.settings import Method
from kiosk.ils.trial import CAUSES, Name, State, Who
from kiosk.view.state import BlockList, Library, Readily
from kiosk.words import CATALOGUES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOUSE = CATALOGUES.parent
LANGUAGES = sorted(path.stem for path in CATALOGUES.glob("*.po"))
WORDS = Words()

STATES = get_args(get_type_hints(Library)["state"])
LIBRARY_STATES = tuple(f"screen.library.{state}" for state in STATES)

NOT_APPLIED = tuple(kind for kind in get_args(OutcomeKind) if kind != "applied")
BLOCK_LIST_STATES = get_args(get_type_hints(BlockList)["state"])

FAMILIES: dict[str, Sequence[str | tuple[str, ...]]] = {
    "cart.{}": ("shelve", "hold", "transit", "ask", "wait"),
    "cart.{}_detail": ("shelve", "hold", "transit", "ask", "wait"),
    "cart.row_{}": ("shelve", "hold", "transit", "ask", "wait"),
    "paper.later_{}": ("checkout", "checkin", "other"),
    "lookback.{}": get_args(Kind),
    "lookback.is_{}": ("recorded", "voided", "entered", "corrected", *get_args(OutcomeKind)),
    "lookback.to_{}": ("undo", "reprint", "who"),
    "exceptions.count_{}": get_args(Group),
    "exceptions.is_{}": get_args(Group),
    "exceptions.said_{}": ("nothing", "library", "report"),
    "exceptions.to_{}": (*get_args(Choice), "print", "print_all"),
    "exceptions.twice_{}": ("unknown", "noticed", "reported", "overtaken"),
    "report.{}_of_these": ("all", "none"),
    "correct.{}": ("due", "returned"),
    "correct.not_{}": ("item", "card"),
    "settle.note.{}": (*NOTES, "other"),
    "files.{}_{}": tuple(
        (disk, what)
        for disk, other in (("folder", "stick"), ("stick", "folder"))
        for what in ("broke", "damaged", "other_file", *TROUBLE.values())
        if what not in OF_ONE[other]
    ),
    "files.unfit_{}": get_args(Unfit),
    "evergreen.line.{}": ("barcode", "patron_barcode", "profile", "library", "ident_type"),
    "fault.{}": get_args(Fault),
    "todo.{}": get_args(Todo),
    "clock.by_{}": ("network", "staff", "unconfirmed", "wrong"),
    "block.{}": STATUSES,
    "block.{}_detail": STATUSES,
    "block.{}_note": STATUSES,
    "answer.due_{}": get_args(DueBy),
    "command.{}": (
        *("bookdrop_today", "bookdrop_yesterday", "day_yesterday"),
        *(w.replace("-", "_") for w in get_args(Word) if w not in ("bookdrop", "day", "key")),
    ),
    "command.due_{}": ("tell", "usual"),
    "command.key_{}": ("ok", "delete"),
    "commands.{}": tuple(GROUPS),
    "commands.row_{}": tuple(GROUPS),
    "confirmed.{}": get_args(Kind),
    "delivery.is_paused{}": ("", "_by"),
    "delivery.is_{}": ("online", "offline", "connecting"),
    "preview.{}": get_args(Foretold),
    "preview.status_{}": STATUSES,
    "sessions.is_{}": (*get_args(SessionStage), "asked", "chosen"),
    "sessions.to_{}": ("join", "usual", "process", "print"),
    "sessions.{}": (*get_args(UploadTiding), "joined", "as_usual"),
    "sessions.{}_detail": (*get_args(UploadTiding), "joined", "as_usual"),
    "handed.to_{}": tuple(DECISIONS),
    "handed.sure_{}": tuple(DECISIONS),
    "handed.sure_{}_detail": tuple(DECISIONS),
    "handed.yes_{}": tuple(DECISIONS),
    "handed.told_{}": get_args(FileTiding),
    "runs.loaded_{}": get_args(Rests),
    "runs.loaded_more_{}": get_args(Rests),
    "runs.kind_{}": (*get_args(Kind), "none"),
    "runs.why_{}": get_args(WhyRun),
    "runs.{}": (*NOT_APPLIED, "left"),
    "{}.away_often": ("runs", "tell"),
    "{}.away": ("runs", "tell"),
    "{}.away_within_a_day": ("runs", "tell"),
    "due.by_{}": get_args(DueBy),
    "due.for_item{}": ("", "_moved", "_over", "_closed"),
    "due.for_patron{}": ("", "_moved", "_over", "_closed"),
    "doubt.yes_{}": ("card", "item"),
    "duty.locked.{}": get_args(Why),
    "override.reason.{}": (*KNOWN_REASONS, "other"),
    "duty.on.{}": get_args(Role),
    "duty.list_{}": get_args(Freshness),
    "duty.list_told.{}": get_args(Freshness),
    "mode.{}": get_args(Mode),
    "patron.block.{}": get_args(PatronBlock),
    "patron.count.{}": ("charged", "overdue", "holds"),
    "printer.{}": get_args(Problem),
    "practice.row_{}": get_args(Kind),
    "prompt.{}": get_args(Mode),
    "ready.{}": (
        "recording",
        "daybook",
        "disk",
        "library",
        "to_fix",
        "block_list",
        "clock",
        "staff",
        "scanner",
        "printer",
    ),
    "ready.staff_{}": ("none", "supervisor"),
    "ready.staff_{}_mend": ("none", "supervisor"),
    "ready.clock_{}": ("unconfirmed", "wrong"),
    "ready.library_{}": ("connecting", "none"),
    "ready.library_{}_mend": ("connecting", "none"),
    "ready.mark_{}": get_args(Readily),
    "ready.title_{}": get_args(Readily),
    "recorded.{}": ("asking", "later", "returned_asking", "returned_later"),
    "form.how.{}": get_args(FieldKind),
    "help.command.{}": tuple(word.replace("-", "_") for word in get_args(Word)),
    "help.offline_{}": get_args(Mode),
    "help.{}": tuple(f"{mode}_{visit}" for mode in get_args(Mode) for visit in ("idle", "open")),
    "refused.{}": get_args(Kind),
    "function.off.{}": get_args(Function),
    "function.warn.{}": get_args(Function),
    "function.off.uncarried_{}": ("renew", "inhouse", "noncat", "register"),
    "function.{}": (
        *(f"{use}.site_{function}" for use in ("warn", "off") for function in get_args(Function)),
        *(f"{use}.{x}_{function}" for x in PRESETS for function, use in PRESETS[x].items()),
    ),
    "slip.{}": get_args(Kind),
    "register.{}": (*get_args(RegistrationField), *RegistrationRules().choices),
    "register.card_{}": ("registered", "used", "listed", "named"),
    "undo.impossible_{}": [kind for kind in get_args(Kind) if kind != "checkout"],
    "screen.aside.{}": ("refused", "voided", "not_taken", "failed"),
    "screen.library.{}": STATES,
    "screen.line.{}": get_args(Stage),
    "screen.month.{}": tuple(str(month) for month in range(1, 13)),
    "screen.time.{}": ("unconfirmed", "wrong"),
    "screen.weekday.{}": tuple(str(day) for day in range(1, 8)),
    "screen.{}.good": ("scanner", "printer"),
    "screen.{}.title": ("scanner", "printer"),
    "space.{}": ("ok", "low", "short"),
    "tone.{}": get_args(Tone),
    "trial.koha_{}": get_args(Method),
    "trial.mark_{}": get_args(State),
    "trial.sip2_{}": ("both", "live", "later", "asked"),
    "trial.step.{}": get_args(Name),
    "trial.who.{}": get_args(Who),
    "screen.blocklist.{}": BLOCK_LIST_STATES,
    "screen.blocklist.{}.story": BLOCK_LIST_STATES,
    "screen.blocklist.{}.title": BLOCK_LIST_STATES,
    "{}.look": ("noticed", "unknown", "by_hand"),
    "{}_none": ("done.lent", "done.returned", "done.renewed", "done.used"),
    "{}_today": ("command.due", "command.due_next"),
    "{}_time": ("plain.due", "due.now", "noticed.due_differs", "receipt.due", "receipt.date"),
    "{}.story": LIBRARY_STATES,
    "{}.title": LIBRARY_STATES,
    "{}.waiting": LIBRARY_STATES[:3],
}
"""Keys that the code puts together: f"tone.{tone}" is `tone.{}`, with all it can be given."""


@cache
def catalogue(language: str = "en") -> dict[str, tuple[str, ...]]:
    """Every key with its sentence, or its singular and plural."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return {
        (x.id[0] if isinstance(x.id, tuple) else str(x.id)): (
            tuple(x.string) if isinstance(x.string, tuple) else (str(x.string),)
        )
        for x in messages
    }


FAMILIES["trial.mend.{}"] = [
    key.removeprefix("trial.why.") for key in catalogue() if key.startswith("trial.why.")
]


def parameters(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def sources() -> Iterator[ast.AST]:
    for path in HOUSE.rglob("*.py"):
        if path.parent != HOUSE / "config":  # its dotted names are settings
            yield from ast.walk(ast.parse(path.read_text("utf-8")))


@cache
def written_keys() -> frozenset[str]:
    """Keys that stand in the code as they are, in Python and in Kivy's language."""
    spaces = {key.partition(".")[0] for key in catalogue()}
    texts = {n.value for n in sources() if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    for path in HOUSE.rglob("*.kv"):
        texts.update(re.findall(r"""["']([a-z_]+\.[a-z_.0-9]+)["']""", path.read_text("utf-8")))
    return frozenset(
        text
        for text in texts
        if re.fullmatch(r"[a-z_]+(\.[a-z_0-9]*[a-z0-9])+", text)
        and text.partition(".")[0] in spaces
        and not text.endswith(".png")
    )


def built_families() -> set[str]:
    """Keys that the code puts together, as `tone.{}`."""
    families = set()
    for node in sources():
        if isinstance(node, ast.Call) and isinstance(node.args and node.args[0], ast.JoinedStr):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            )
            if name in ("say", "tell", "Phrase"):
                pieces = node.args[0].values  # type: ignore[attr-defined] # a JoinedStr, as asked
                text = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in pieces)
                families.add(text.replace("{}{}", "{}"))
    return families


def family_keys() -> set[str]:
    return {
        family.format(*(value if isinstance(value, tuple) else (value,)))
        for family, values in FAMILIES.items()
        for value in values
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_stands_there_once(language: str) -> None:
    found = re.findall(r'^msgid "(.+)"$', (CATALOGUES / f"{language}.po").read_text(), re.MULTILINE)
    assert [key for key, count in Counter(found).items() if count > 1] == []


def test_every_key_in_the_code_has_its_sentence() -> None:
    assert written_keys() - catalogue().keys() == set()


def test_every_key_put_together_in_the_code_has_its_sentences() -> None:
    assert built_families() <= FAMILIES.keys()
    assert family_keys() - catalogue().keys() == set()


def test_no_sentence_is_left_over() -> None:
    by_family = {
        key
        for key, family in product(catalogue(), FAMILIES)
        if re.fullmatch(re.escape(family).replace(r"\{\}", ".+"), key)
    }
    assert catalogue().keys() - written_keys() - by_family == set()


def test_every_parameter_of_a_sentence_is_given_where_it_is_said() -> None:
    for node in sources():
        if not (
            isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        ):
            continue
        key, given_names = node.args[0].value, {keyword.arg for keyword in node.keywords}
        if key in catalogue() and ast.unparse(node.func).endswith(("say", "tell", "_about")):
            wanted = set().union(*map(parameters, catalogue()[key]))
            if not ast.unparse(node.func).endswith("_about"):  # which gives host and port
                assert wanted <= given_names, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_parameters(language: str) -> None:
    for key, sentences in catalogue().items():
        told = catalogue(language)[key]
        assert all(sentence.strip() for sentence in told), key
        assert set().union(*map(parameters, told)) == set().union(*map(parameters, sentences)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_written_out_even_without_its_parameters(language: str) -> None:
    words = Words(language)
    for key in catalogue(language):
        for phrase in (say(key), say(key, count=1), say(key, count=7), say(key, count="many")):
            written = words(phrase)
            assert written
            assert "{" not in written


def test_days_and_times() -> None:
    at = "2026-11-21T10:42:07+01:00"
    assert WORDS(say("plain.day", day="2026-12-12")) == "Sat 12 Dec"
    assert WORDS(say("receipt.date", due="2026-12-12")) == "Sat 12 Dec 2026"
    assert WORDS(say("screen.clock", now=at)) == "10:42"
    assert WORDS(say("console.time", at=at)) == "10:42:07"
    assert WORDS(say("receipt.moment", at=at)) == "Sat 21 Nov 2026  10:42"
    assert WORDS(say("screen.day", day=at)) == "Sat 21 Nov"


def test_a_day_of_another_year_has_its_year() -> None:
    words = Words()
    words.year = 2026
    assert words(say("plain.day", day="2026-12-31")) == "Thu 31 Dec"
    assert words(say("plain.day", day="2027-01-01")) == "Fri 1 Jan 2027"
    assert words(say("screen.day", day="2025-12-31T10:42:07+01:00")) == "Wed 31 Dec 2025"
    words.year = 2027
    assert words(say("plain.day", day="2027-01-01")) == "Fri 1 Jan"


def test_the_last_week_of_a_year_stands_in_its_own_year() -> None:
    assert WORDS(say("receipt.date", due="2027-12-31")) == "Fri 31 Dec 2027"
    assert WORDS(say("receipt.date", due="2027-01-01")) == "Fri 1 Jan 2027"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [(0, "0 items checked out"), (1, "1 item checked out"), (2, "2 items checked out")],
)
def test_one_item_and_several(count: int, sentence: str) -> None:
    assert WORDS(say("done.lent", count=count)) == sentence


def test_a_count_does_not_hide_a_sentence_without_plural() -> None:
    assert WORDS(say("doubt.no", count=3)) == "Scan again"


@pytest.mark.parametrize("text", ["{}", "{0}", "{day:day}", "100 % {off}", "%s %(x)d", "}{", "…"])
def test_what_comes_from_outside_is_written_as_it_is(text: str) -> None:
    assert WORDS(say("plain.text", text=text)) == text


def test_an_unknown_key_gives_the_key() -> None:
    assert WORDS(say("no.such.key")) == "no.such.key"
    assert WORDS(say("no.such.{key}", count=2)) == "no.such.{key}"


def test_a_missing_parameter_leaves_a_readable_sentence() -> None:
    assert WORDS(say("receipt.due")) == "due …"
    assert WORDS(say("visit.card", number="4417")) == "Card ending …"


@given(st.text(), st.text(min_size=1) | st.integers())
def test_no_parameter_is_too_strange(text: str, value: str | int) -> None:
    assert WORDS(say("holder.card", ending=text, at=value)).startswith("Lent here")
    assert WORDS(say("receipt.moment", at=value))


def test_what_an_administrator_is_told_of_a_failure_needs_no_more_than_is_known() -> None:
    steps_add = {"host", "port", "code", "login", "org", "name"}  # kiosk.ils.*.trial, Web.about
    for key, (cause, _) in CAUSES.items():
        known = set().union(*map(parameters, catalogue()[key])) | steps_add
        for sentence in (*catalogue()[cause], *catalogue()[cause.replace(".why.", ".mend.")]):
            assert parameters(sentence) <= known, cause
