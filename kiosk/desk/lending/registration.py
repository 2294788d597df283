"""Registration: a new patron, with the card that is handed out and can be used at once.

    card       scanned first; one that this desk has seen before is refused
    details    what the policy asks for; profile, library, language where there is a choice
    alike      somebody of an alike name and the same birth date was registered here: asked about

Where the disk does not take it, the card is nobody's: its visit ends, and the form comes back as it
was filled in.

Nobody can see here whether the library knows the patron already. (WorkFlows: "Registering New
Users": "The system has no way to check for duplicate or lost cards when offline.")
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from kiosk.desk import closing, events, recording
from kiosk.desk.afterwards import paper, undo
from kiosk.desk.answers import news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import barcodes, blocks
from kiosk.desk.state import Namesake
from kiosk.desk.transactions import Registration
from kiosk.desk.visits import Visit
from kiosk.desk.words import Phrase, ending, say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.policy import Choice, RegistrationField, RegistrationRules
    from kiosk.desk.visits import Line
    from kiosk.desk.vocabulary import Spelling
    from kiosk.desk.work import Work

CARD_FORM = Form(
    kind="register",
    headline=say("register.headline"),
    detail=say("register.detail"),
    fields=(Field(name="card", label=say("register.card"), kind="card", required=True),),
)

SPELLINGS: dict[RegistrationField, Spelling] = {
    "phone": "phone",
    "email": "email",
    "post_code": "post_code",
    "ident": "code",
}
"""What is not spelt as names are."""


def ask(work: Work, _: Event, __: str) -> None:
    """Ask for the card that is handed out."""
    forms.ask(work, CARD_FORM)


def card_given(work: Work, _: Event, form: Form) -> Form | None:
    """Ask who it is for, unless the card cannot be anybody's new one."""
    reading = barcodes.read_any_case(form.value("card"), work.settings.barcodes)
    problem = _not_new(work, reading)
    if problem is not None:
        return form.asking(0, problem)
    return _form(reading.text, _fields(work.settings.registration))


def _form(card: str, fields: tuple[Field, ...]) -> Form:
    return Form(
        kind="register_details",
        headline=say("register.headline_card", ending=ending(card)),
        detail=say("register.detail"),
        fields=fields,
        about=(card,),
    )


def _not_new(work: Work, reading: barcodes.Reading) -> Phrase | None:
    """Say why a card cannot be handed out."""
    if blocks.system_card(work, reading.text):
        return say("register.card_system")
    if reading.kind != "card":
        return reading.problem or say("register.not_a_card")
    known = work.memory.card_known(reading.text) or _known_elsewhere(work, reading.text)
    return say(f"register.card_{known}") if known else None


def _known_elsewhere(work: Work, card: str) -> Literal["", "listed", "named"]:
    """Tell whether the library knows a card: by its block list, or because it just said so."""
    if work.memory.block_status(card) is not None:
        return "listed"
    visit = work.state.visit
    named = visit is not None and visit.patron == card and visit.name
    return "named" if named else ""


def _fields(rules: RegistrationRules) -> tuple[Field, ...]:
    """Give the fields that are asked: what is typed, then what is chosen."""
    typed = (
        Field(
            name=name,
            label=say(f"register.{name}"),
            kind="date" if name == "born" else "text",
            spelling=SPELLINGS.get(name, "words"),
            required=name in rules.required,
            most=0 if name == "born" else None,
        )
        for name in rules.fields
    )
    chosen = (_choice(name, choices) for name, choices in rules.choices.items() if len(choices) > 1)
    return (*typed, *chosen)


def _choice(name: str, choices: tuple[Choice, ...]) -> Field:
    """Give a field in which the first choice stands unless another one is made."""
    return Field(
        name=name,
        label=say(f"register.{name}"),
        kind="choice",
        required=True,
        value=choices[0].code,
        options=tuple(Option(x.code, say("plain.text", text=x.name)) for x in choices),
    )


def given(work: Work, event: Event, form: Form) -> Form | None:
    """Register a patron; where somebody alike was registered here, ask first."""
    details = _details(work.settings.registration, form)
    known = work.memory.namesake(_name(details), details.get("born", ""))
    if known is None:
        _register(work, event, form.about[0], details)
        return None
    question = Question(
        headline=say("register.alike", name=known.name),
        detail=say("register.alike_detail", ending=known.card_ending, at=known.at.isoformat()),
        yes=say("register.alike_yes"),
        no=say("register.alike_no"),
    )
    work.ask(Namesake(card=form.about[0], details=details, question=question))
    return None


def _details(rules: RegistrationRules, form: Form) -> dict[str, str]:
    """Give what was filled in, and what there was no choice about."""
    only = {name: choices[0].code for name, choices in rules.choices.items() if len(choices) == 1}
    return {field.name: field.value for field in form.fields if field.value} | only


def _name(details: dict[str, str]) -> str:
    names = (details.get(name, "") for name in ("first_name", "family_name"))
    return " ".join(name for name in names if name)


def settle(work: Work, event: Event, asked: Namesake, *, yes: bool) -> None:
    """Register somebody although there is somebody alike, or leave it."""
    if yes:
        _register(work, event, asked.card, asked.details)
    else:
        work.answer(news(say("register.left"), say("register.left_detail")))


def record_failed(work: Work) -> None:
    """Take it that the card of a registration that was not recorded is nobody's; ask once more."""
    visit = work.state.visit
    lines = () if visit is None else visit.lines
    line = next((x for x in lines if x.kind == "registration" and x.stage == "failed"), None)
    if visit is None or visit.patron is None or line is None:
        return
    undo.leave_newcomer(work, visit.patron)
    if work.state.idle:
        fields = tuple(_as_given(x, line) for x in _fields(work.settings.registration))
        form = _form(visit.patron, fields)
        work.set(form=form.asking(0, say("register.not_recorded")))


def _as_given(field: Field, line: Line) -> Field:
    """Fill in a field as it was."""
    given = (text for label, text in line.details if label == field.label)
    return replace(field, value=next(given, ""))


def _register(work: Work, event: Event, card: str, details: dict[str, str]) -> None:
    """Record the registration as the first line of the new patron's visit."""
    if not closing.left_visit(work, event):
        return
    visit = Visit(id=work.new_id(), opened=event.at, patron=card, name=_name(details))
    typed = paper.of_sheet(work, events.Scanned(event.at, "", "typed"))
    registration = Registration(**work.stamp(visit, "", typed), patron=card, details=details)
    work.set(mode="checkout")
    recording.record(work, visit, registration)
