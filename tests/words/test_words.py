"""Every sentence is there, is used, and can be written out whatever it is given."""

from __future__ import annotations

import ast
import gettext
import re
import string
from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import kiosk.words
from drivers.printer.status import Problem
from kiosk.config.stored import DISPLAY, EDITABLE, GUARDED, options
from kiosk.delivery.loading import FileTiding
from kiosk.delivery.preview import Kind as Foretold
from kiosk.delivery.uploads import Tiding as UploadTiding
from kiosk.desk.afterwards.history import BY_STAFF
from kiosk.desk.afterwards.history import What as Happened
from kiosk.desk.afterwards.runs import Rests
from kiosk.desk.afterwards.runs import Why as WhyRun
from kiosk.desk.answers import Tone
from kiosk.desk.batches.files import DECISIONS
from kiosk.desk.batches.standing import SessionStage
from kiosk.desk.checks.blocklist import STATUSES, Freshness
from kiosk.desk.checks.functions import PRESETS, Function
from kiosk.desk.commandlist import GROUPS
from kiosk.desk.commands import Word
from kiosk.desk.memory import Group
from kiosk.desk.policy import RegistrationField, RegistrationRules
from kiosk.desk.session.sessions import Why
from kiosk.desk.settling.advice import Choice, Fault, Todo
from kiosk.desk.settling.correcting import STAYS
from kiosk.desk.settling.deciding import NOTES
from kiosk.desk.transactions import KNOWN_REASONS, Kind, OutcomeKind, PatronBlock
from kiosk.desk.vocabulary import DueBy, FieldKind, Mode, Role, Stage
from kiosk.desk.words import say
from kiosk.ils.files.fields import Code as Unfit
from kiosk.ils.files.library import OF_ONE, TROUBLE
from kiosk.ils.koha.settings import Method
from kiosk.ils.trial import CAUSES, Name, State, Who
from kiosk.screens.forms.asking import HINTS, STEPS
from kiosk.screens.situations import TO_DO
from kiosk.view.state import BlockList, Library, Looked, Readily
from kiosk.words import CATALOGUES, LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOUSE = CATALOGUES.parent
TRANSLATED = sorted(LANGUAGES.keys() - {"en"})
COMPLETE = ("de", "es", "fr")
"""Languages that say everything."""
WORDS = Words()

STATES = get_args(get_type_hints(Library)["state"])
LIBRARY_STATES = tuple(
    f"screen.library.{state}" for state in (*STATES, "not_let_in", "paused", "files", "files_away")
)

NOT_APPLIED = tuple(kind for kind in get_args(OutcomeKind) if kind != "applied")
BLOCK_LIST_STATES = get_args(get_type_hints(BlockList)["state"])

SETTINGS = (*DISPLAY, *GUARDED)

TOUCH = tuple(
    re.findall(r'^msgid "touch\.(.+)"$', (CATALOGUES / "en.po").read_text("utf-8"), re.MULTILINE)
)
"""Keys of sentences that the screen says in other words: those of buttons."""

FAMILIES: dict[str, Sequence[str | tuple[str, ...]]] = {
    "screen.ready.looking_{}": get_args(Looked),
    "cart.{}": ("shelve", "hold", "transit", "ask", "wait"),
    "cart.{}_detail": ("shelve", "hold", "transit", "ask", "wait"),
    "cart.row_{}": ("shelve", "hold", "transit", "ask", "wait"),
    "paper.later_{}": ("checkout", "checkin", "other"),
    "lookback.{}": get_args(Kind),
    "screen.lost.{}.headline": ("stopped", "recording", "silent", "restarting"),
    "screen.lost.{}.body": ("stopped", "recording", "silent", "restarting"),
    "setting.section.{}": ("screen", *EDITABLE),
    "setting.of.{}": SETTINGS,
    "setting.is.{}.{}": [
        (key, value)
        for key in SETTINGS
        for value in options(key)
        if key not in ("screen.language", "screen.volume")
    ],
    "setting.{}": ("on", "off"),
    "setting.how.{}": ("numbers", "lines"),
    "screen.settings.{}_about": ("opened", "restart"),
    "touch.{}": TOUCH,
    "screen.step.{}": tuple(STEPS),
    "screen.form.how.{}": tuple(HINTS),
    "screen.rail.{}": ("checkout", "checkin", "more", "today", "to_fix", "lock", "help"),
    "lookback.brief_{}": (*get_args(Kind), "undo"),
    "lookback.is_{}": ("recorded", "voided", "entered", "corrected", *get_args(OutcomeKind)),
    "lookback.stands_{}": ("recorded", "voided", "entered", "corrected", *get_args(OutcomeKind)),
    "lookback.to_{}": ("undo", "reprint", "who", "history"),
    "history.{}": get_args(Happened),
    "history.{}_unnamed": tuple(BY_STAFF),
    "exceptions.count_{}": get_args(Group),
    "exceptions.is_{}": get_args(Group),
    "exceptions.brief_{}": get_args(Kind),
    "exceptions.said_{}": ("nothing", "library", "report"),
    "exceptions.to_{}": (*get_args(Choice), "print", "print_all"),
    "exceptions.twice_{}": ("unknown", "noticed", "reported", "overtaken", "lent"),
    "report.{}_of_these": ("all", "none"),
    "correct.{}": ("due", "returned"),
    "correct.not_{}": ("item", "card"),
    "settle.note.{}": (*NOTES, STAYS, "other"),
    "files.{}_{}": tuple(
        (disk, what)
        for disk, other in (("folder", "stick"), ("stick", "folder"))
        for what in ("broke", "damaged", "other_file", *TROUBLE.values())
        if what not in OF_ONE[other]
    ),
    "files.unfit_{}": get_args(Unfit),
    "evergreen.line.{}": ("barcode", "patron_barcode", "profile", "library", "ident_type"),
    "fault.{}": get_args(Fault),
    "fault.{}.title": get_args(Fault),
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
    "screen.aside.{}": ("voided", "not_taken", "failed"),
    "screen.aside.refused_{}": ("checkout", "checkin", "renewal", "else"),
    "screen.library.{}": (*STATES, "not_let_in", "paused", "files", "files_away"),
    "screen.delivery.{}": ("waiting", "kept", "unknown", "by_hand", "uploaded", "handed_over"),
    "screen.line.{}": get_args(Stage),
    "screen.more.{}": (
        *("lending", "day", "desk"),
        *("renew", "inhouse", "noncat", "guest", "register", "kind", "paper", "cart"),
        *("reprint", "who", "find", "delivery", "sessions", "handed", "report"),
        *("ready", "practice", "devices", "session", "login", "override", "settings", "help"),
    ),
    "screen.help.{}": ("confirmed", "recorded", "look", "not_taken", "here", "signs"),
    "screen.help.{}.{}": tuple(
        (here, str(number)) for here, icons in TO_DO.items() for number, _ in enumerate(icons, 1)
    ),
    "screen.mode.{}": ("renew", "inhouse"),
    "screen.patron.{}": ("no_card", "no_name"),
    "screen.{}.headline": ("idle", "renew", "returns", "inhouse"),
    "screen.{}.detail": ("idle", "renew", "returns", "inhouse"),
    "screen.due.by_{}": ("item", "patron"),
    "screen.devices.no_{}": ("scanner", "printer"),
    "screen.devices.no_{}_means": ("scanner", "printer"),
    "test.is_{}": ("card", "item", "isbn", "doubtful", "damaged"),
    "screen.month.{}": tuple(str(month) for month in range(1, 13)),
    "screen.space.{}": ("low", "short"),
    "screen.time.{}": ("unconfirmed", "wrong"),
    "screen.weekday.{}": tuple(str(day) for day in range(1, 8)),
    "screen.{}.good": ("scanner", "printer"),
    "screen.{}.title": ("scanner", "printer"),
    "space.{}": ("ok", "low", "low_files", "short"),
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
    "{}_time": (
        *("plain.due", "due.now", "noticed.due_differs"),
        *("receipt.due", "receipt.renewed", "receipt.date"),
    ),
    "{}.story": LIBRARY_STATES,
    "{}.title": LIBRARY_STATES,
    "{}.waiting": tuple(key for key in LIBRARY_STATES if key != "screen.library.none"),
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


def untranslated(language: str) -> set[str]:
    """Keys that are said in English, for want of a translation."""
    return catalogue().keys() - catalogue(language).keys()


def mending() -> set[str]:
    """Keys of what to do about a cause: `kiosk.ils.trial` makes each of the cause's own."""
    causes = (key for key in catalogue() if key.startswith("trial.why."))
    return {key.replace(".why.", ".mend.") for key in causes}


def fields(sentence: str) -> set[tuple[str, str]]:
    """Parameters, each with the kind after its colon."""
    parsed = string.Formatter().parse(sentence)
    return {(name, kind or "") for _, name, kind, _ in parsed if name is not None}


def parameters(sentence: str) -> set[str]:
    return {name for name, _ in fields(sentence)}


def verbatim(sentence: str) -> Counter[str]:
    """What is the same in every language: tags, tables of kiosk.toml, what is typed in a shell."""
    return Counter(re.findall(r"\[[^]]*\]|`[^`]*`|kiosk\.toml", sentence))


def commands(sentence: str) -> set[str]:
    """Commands with what follows them, as `due:21`, `:yes` or `find:` for a `find:NUMBER`."""
    text = re.sub(r"\{[^}]*\}", "", sentence)
    return set(re.findall(r"(?<![\w/.])[a-z][a-z-]*:[a-z0-9:T-]*(?<!:)\b|:[a-z][a-z-]+", text))


def sources() -> Iterator[ast.AST]:
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if path.parent != HOUSE / "config":
                yield node
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                yield from ast.walk(node)  # its other dotted names are settings


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
        and f"setting.of.{text}" not in catalogue()  # the name of a setting
    )


def pattern(text: ast.JoinedStr) -> str:
    pieces = (p.value if isinstance(p, ast.Constant) else "{}" for p in text.values)
    return "".join(map(str, pieces)).replace("{}{}", "{}")


def patterns() -> set[str]:
    """Every text that the code puts together, as `tone.{}`, wherever it stands."""
    return {pattern(node) for node in sources() if isinstance(node, ast.JoinedStr)}


def built_families() -> set[str]:
    """Keys that the code puts together where it says them."""
    families = set()
    for node in sources():
        if isinstance(node, ast.Call) and isinstance(node.args and node.args[0], ast.JoinedStr):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            )
            if name in ("say", "tell", "Phrase"):
                families.add(pattern(node.args[0]))  # type: ignore[arg-type] # as asked
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
    assert FAMILIES.keys() <= patterns()
    assert (family_keys() | mending()) - catalogue().keys() == set()


def test_no_sentence_is_left_over() -> None:
    assert catalogue().keys() - written_keys() - family_keys() - mending() == set()


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


def test_the_screen_has_other_words_for_what_is_said_elsewhere_alone() -> None:
    assert set(TOUCH) <= catalogue().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_screen_says_names_no_command(language: str) -> None:
    said = catalogue(language)
    shown = said.keys() - {key.removeprefix("touch.") for key in said if key.startswith("touch.")}
    shown -= {key for key in shown if key.startswith(NEVER_ON_SCREEN)}
    assert [key for key in shown if any(map(COMMAND.search, said[key]))] == []


WORD = "|".join(sorted(get_args(Word), key=len, reverse=True))
COMMAND = re.compile(rf"(?<![\w/.{{:-])(?::(?:{WORD})\b|(?:{WORD}):[\w#])")
NEVER_ON_SCREEN = (
    *("command", "console.", "run.terminal", "notice.", "report.choose", "lookback.count"),
    *("form.how.", "block.acknowledge_how", "override.offer", "runs.how_detail", "settings.how"),
    "help.command",
)
"""What is printed, or said by the console alone."""


@pytest.mark.parametrize("language", COMPLETE)
def test_everything_is_said_in_every_language(language: str) -> None:
    assert untranslated(language) == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_no_key_that_english_lacks(language: str) -> None:
    assert catalogue(language).keys() - catalogue().keys() == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_parameters_of_the_english_sentence(language: str) -> None:
    for key, sentences in catalogue(language).items():
        assert all(sentence.strip() for sentence in sentences), key
        assert list(map(fields, sentences)) == list(map(fields, catalogue()[key])), key


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_what_is_typed_as_it_is(language: str) -> None:
    """It may name a command with its colon where English does not, but no other one."""
    known = {f":{word}" for word in get_args(Word)}
    for key, sentences in catalogue(language).items():
        for sentence, english in zip(sentences, catalogue()[key], strict=True):
            assert verbatim(sentence) == verbatim(english), key
            assert commands(english) <= commands(sentence) <= commands(english) | known, key


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_whose_it_is_and_how_it_counts(language: str) -> None:
    head = (CATALOGUES / f"{language}.po").read_text("utf-8").partition("\n\n")[0]
    forms, rule = get_plural(language)[:2]
    assert f'"Language: {language}\\n"' in head
    assert f"nplurals={forms}; plural={rule}" in head


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_written_out_even_without_its_parameters(language: str) -> None:
    words = Words(language)
    for key in catalogue():
        for phrase in (say(key), say(key, count=1), say(key, count=7), say(key, count="many")):
            written = words(phrase)
            assert written
            assert "{" not in written


@pytest.mark.parametrize(
    ("language", "day", "short", "number"),
    [
        ("en", "Sat 12 Dec 2026", "Sat 12 Dec", "2,300"),
        ("es", "sáb 12 dic 2026", "sáb 12 dic", "2.300"),
        ("fr", "sam. 12 déc. 2026", "sam. 12 déc.", "2\xa0300"),
        ("de", "Sa. 12. Dez. 2026", "Sa. 12. Dez.", "2.300"),
    ],
)
def test_days_and_numbers_are_written_as_a_language_writes_them(
    language: str, day: str, short: str, number: str
) -> None:
    words, at = Words(language), "2026-12-12T09:42:07"
    assert words(say("plain.day", day="2026-12-12")) == short
    assert words(say("receipt.date", due="2026-12-12")) == day
    assert words(say("receipt.moment", at=at)) == f"{day}  09:42"
    assert words(say("console.time", at=at)) == "09:42:07"
    assert number in words(say("space.lasts_no_day", count=2300))


def test_the_first_of_a_month_is_written_as_french_does() -> None:
    assert Words("fr")(say("plain.day", day="2026-12-01")) == "mar. 1er déc."
    assert Words("fr")(say("plain.day", day="2026-12-21")) == "lun. 21 déc."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_short_enough_for_a_button_and_a_moment_for_paper(language: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    for day in days:
        assert len(Words(language)(say("plain.day", day=day.isoformat()))) <= 14
        assert len(Words(language)(say("receipt.moment", at=f"{day}T10:42:07"))) <= 32


def test_a_day_that_ends_with_a_dot_ends_a_sentence() -> None:
    told = say("block.blocked_note", made="2026-12-12")
    assert WORDS(told) == "Blocked (block list of Sat 12 Dec)."
    told = say("duty.due_told_closed", day="2026-12-12")
    assert "Sa. 12. Dez. An diesem Tag" in Words("de")(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_language_does_not_say_yet_is_said_in_english(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = kiosk.words._catalogue

    def empty(code: str) -> gettext.NullTranslations:
        return whole(code) if code == "en" else gettext.NullTranslations()

    monkeypatch.setattr(kiosk.words, "_catalogue", empty)
    assert Words(language)(say("done.lent", count=1)) == "1 item checked out"
    assert Words(language)(say("doubt.no")) == "Scan again"
    assert Words(language)(say("no.such.key")) == "no.such.key"


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


COUNTED = re.compile(r"\{(count|\w+:number)(:number)?\}\s+[^\W\d_]")
"""A number and a word after it, which is another word for one than for many."""
ALIKE = {
    **dict.fromkeys(("answer.several", "receipt.several"), "a sign stands there"),
    **dict.fromkeys(("runs.away_often", "tell.away_often"), "never of one"),
    **dict.fromkeys(("report.choose", "command.count"), "never of one"),
    **dict.fromkeys(("screen.list.first", "sessions.is_processing"), "so many of so many"),
    **dict.fromkeys(
        ("delivery.processed", "touch.delivery.handed_over"), "nothing agrees with the number"
    ),
}
"""What needs no plural, and why."""


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_is_counted_is_said_in_the_plural_that_fits(language):
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        plain = {m.id: m.string for m in read_po(file) if isinstance(m.id, str)}
    counted = {key for key, sentence in plain.items() if COUNTED.search(sentence)}
    assert counted <= ALIKE.keys()


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_one_card_is_one_card(language):
    words = Words(language)
    one, two = (
        words(say("screen.blocklist.fresh.story", count=count)).split(".")[0] for count in (1, 2)
    )
    assert one.replace("1", "2") != two
