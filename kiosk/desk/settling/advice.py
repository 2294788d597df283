"""What a library system's refusal means in plain words, and what to do about it.

`RULES` says by which code or words each one is known, `TODO` what is best done about it. Words are
matched whatever their case, wherever they stand; of several rules the first one that fits counts,
those of the desk's own library system before all others (an error report may be of another one).
What fits none is shown as it is, with the general advice for what became of it.

The codes and words are those that the systems' sources and manuals have: AF texts of Koha's and of
SIPServer's SIP2 server (C4/SIP/ILS.pm, Checkout.pm), Koha's offline results
(C4/Circulation.pm, ProcessOfflineOperation), Evergreen's events (ils_events.xml, and "Common error
messages" of its manual), Alma's offline messages, and what is known of Symphony's report. They are
for advice alone: no decision of the desk hangs on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.transactions import Outcome

System = Literal["", "sip2", "evergreen", "koha", "symphony", "alma"]
"""Which library system words are of; "" for any."""

Choice = Literal["correct", "resend", "settle"]
"""What can be done about what needs a person."""

Fault = Literal[
    "patron_unknown", "patron_blocked", "patron_expired", "patron_owes", "card_replaced",
    "item_unknown", "item_elsewhere", "already_so", "wanted", "hold_here", "recalled",
    "not_lendable", "too_many", "not_on_loan", "item_lost", "in_transit", "other_library",
    "overtaken", "no_right", "server_fault", "patron_exists", "due_differs", "due_unsure", "alert",
    "no_answer", "queued", "unreadable", "unforeseen", "by_hand", "new_patron", "refused",
    "noticed", "twice", "not_writable", "no_card", "no_number",
    "lost_track",
]  # fmt: skip

Todo = Literal[
    "find_patron", "lift_block", "find_item", "return_first", "nothing", "decide", "hold_shelf",
    "lend_there", "return_there", "send_on", "administrator", "try_again", "merge", "tell_due",
    "read", "look_there", "process_queue", "enter", "look_refused", "moved_on", "forgotten",
    "look_twice",
]  # fmt: skip

TODO: dict[Todo, Choice] = {
    "find_patron": "correct",
    "find_item": "correct",
    "lift_block": "resend",
    "return_first": "resend",
    "administrator": "resend",
    "try_again": "resend",
    "look_there": "settle",
    "process_queue": "settle",
    "nothing": "settle",
    "decide": "settle",
    "hold_shelf": "settle",
    "lend_there": "settle",
    "return_there": "settle",
    "send_on": "settle",
    "merge": "settle",
    "tell_due": "settle",
    "read": "settle",
    "enter": "settle",
    "look_refused": "settle",
    "moved_on": "settle",
    "forgotten": "settle",
    "look_twice": "settle",
}
"""What is best chosen, by what is to be done."""


@dataclass(frozen=True, slots=True)
class Rule:
    """By what a fault is known: its code (a regular expression for all of it) or its words.

    `kinds`: of which transactions alone, by the beginnings of their kinds; "" for all.
    """

    system: System
    code: str
    words: str
    fault: Fault
    todo: Todo
    kinds: str = ""


RULES: tuple[Rule, ...] = (
    # -- what the desk itself writes of a reply, or of its absence (kiosk.delivery, kiosk.ils) ----
    Rule("", "due-differs", "", "due_differs", "tell_due"),
    Rule("", "due-un(read|told)", "", "due_unsure", "tell_due"),
    Rule("", "alert CV01", "", "hold_here", "hold_shelf"),
    Rule("", "alert CV0[24]", "", "other_library", "send_on"),
    Rule("", "asked|no-reply", "", "no_answer", "look_there"),
    Rule("", "processed-twice", "", "twice", "look_twice"),
    Rule("", "session-gone|no-results|miscounted|missed", "", "lost_track", "look_there"),
    Rule("", "unreadable", "", "unreadable", "look_there"),
    Rule("", "unforeseen", "", "unforeseen", "look_there"),
    # -- Evergreen: the events of its offline processing -------------------------------------------
    Rule("evergreen", "ROUTE_ITEM", "", "other_library", "send_on"),
    Rule("evergreen", "COPY_STATUS_(LOST.*|MISSING|LONG_OVERDUE)", "", "item_lost", "return_there"),
    Rule("evergreen", "CIRC_CLAIMS_RETURNED", "", "item_lost", "return_there"),
    Rule("evergreen", "ASSET_COPY_NOT_FOUND", "", "item_unknown", "find_item"),
    Rule("evergreen", "ACTOR_(CARD|USER)_NOT_FOUND", "", "patron_unknown", "find_patron"),
    Rule("evergreen", "PATRON_CARD_INACTIVE", "", "card_replaced", "find_patron"),
    Rule("evergreen", "PATRON_ACCOUNT_EXPIRED", "", "patron_expired", "lift_block"),
    Rule("evergreen", "PATRON_(INACTIVE|BARRED|EXCEEDS_.*)", "", "patron_blocked", "lift_block"),
    Rule("evergreen", "OPEN_CIRCULATION_EXISTS", "", "item_elsewhere", "return_first"),
    Rule("evergreen", "MAX_RENEWALS_REACHED", "", "too_many", "decide"),
    Rule("evergreen", "COPY_IN_TRANSIT|TRANSIT_CHECKIN_.*", "", "in_transit", "return_first"),
    Rule("evergreen", "ITEM_NOT_CATALOGED", "", "not_lendable", "lend_there", "checkout"),
    Rule("evergreen", "ITEM_NOT_CATALOGED", "", "alert", "read"),
    Rule("evergreen", "COPY_(RESERVED|NEEDED_FOR_HOLD)", "", "wanted", "decide"),
    Rule("evergreen", "HOLD_CAPTURE_DELAYED", "", "hold_here", "hold_shelf"),
    Rule("evergreen", "COPY_(ALERT_MESSAGE|BAD_STATUS)", "", "alert", "read"),
    Rule("evergreen", "NO_CHANGE", "", "already_so", "nothing"),
    Rule("evergreen", "ACTION_CIRCULATION_NOT_FOUND", "", "not_on_loan", "nothing"),
    Rule("evergreen", "SKIP_ASSET_CHANGED", "", "overtaken", "look_refused"),
    Rule("evergreen", "(USERNAME|PATRON_DUP)_.*", "", "patron_exists", "merge"),
    Rule("evergreen", "PERM_FAILURE|NO_SESSION", "", "no_right", "administrator"),
    Rule("evergreen", "INTERNAL_SERVER_ERROR|DATABASE_.*", "", "server_fault", "try_again"),
    # -- Koha: results of its offline operations, and words of its SIP2 server ---------------------
    Rule("koha", "queued", "", "queued", "process_queue"),
    Rule("koha", "out-of-order", "", "overtaken", "look_there"),
    Rule("koha", "", r"borrower not found|patron not found", "patron_unknown", "find_patron"),
    Rule("koha", "", r"item not issued|error_no_borrower", "not_on_loan", "nothing"),
    Rule("koha", "", r"wrong csrf token|authentication failed", "no_right", "administrator"),
    # -- Alma: "Common warnings / errors from offline circ" ----------------------------------------
    Rule("alma", "", r"item was not on loan", "not_on_loan", "nothing"),
    Rule("alma", "", r"a later action on this item", "overtaken", "nothing"),
    # -- Symphony: what is known of the report of Load Offline Transactions ------------------------
    Rule("symphony", "", r"already (checked in|discharged)", "already_so", "nothing"),
    Rule("symphony", "", r"charged to (another|other|different)", "item_elsewhere", "return_first"),
    Rule("symphony", "", r"user (id )?(is )?delinquent", "patron_owes", "lift_block"),
    # -- SIP2: what Koha, SIPServer, FOLIO and others say in AF, and what all reports may say ------
    Rule("sip2", "", r"already checked out to you|renewing item", "already_so", "nothing"),
    Rule(
        "sip2", "",
        r"(checked[ _]out|charged|issued|on loan)[ _]to[ _](another|a different|an other)",
        "item_elsewhere", "return_first",
    ),
    Rule("sip2", "", r"not (checked out|on loan|charged|issued)", "not_on_loan", "nothing"),
    Rule("sip2", "", r"card .*(lost|replaced|inactive)|lost card", "card_replaced", "find_patron"),
    Rule("sip2", "", r"expired", "patron_expired", "lift_block"),
    Rule("sip2", "", r"\b(fines?|fees?|owes?|amount outstanding|charges block)\b", "patron_owes",
         "lift_block"),
    Rule("sip2", "", r"debarred|\bbarred|restricted|(patron|user|borrower) .*blocked",
         "patron_blocked", "lift_block"),
    Rule(
        "sip2", "",
        r"(invalid|unknown|no such) (card|patron|user|borrower|library card)|"
        r"(card|patron|user|borrower)( id)?( record)? (was )?(not found|unknown|does not exist)",
        "patron_unknown", "find_patron",
    ),
    Rule(
        "sip2", "",
        r"(invalid|unknown|no such) (item|barcode|copy|title)|"
        r"(item|barcode|copy|title)( id)?( record)? (was )?(not found|unknown|does not exist)",
        "item_unknown", "find_item",
    ),
    Rule("sip2", "", r"recalled", "recalled", "decide"),
    Rule("sip2", "", r"on hold|reserved|hold shelf", "hold_here", "hold_shelf", "checkin"),
    Rule("sip2", "", r"on hold|reserved|\bholds?\b", "wanted", "decide"),
    Rule("sip2", "", r"in transit", "in_transit", "return_first"),
    Rule("sip2", "", r"withdrawn|\blost\b|missing|claim", "item_lost", "return_there"),
    Rule(
        "sip2", "", r"too[ _]many|limit|maximum|no more renewals|not renewable",
        "too_many", "decide",
    ),
    Rule(
        "sip2", "",
        r"cannot be (checked out|issued|lent)|not for loan|non-?circulating|reference only|"
        r"circulation desk",
        "not_lendable", "lend_there",
    ),
    Rule("sip2", "", r"already (registered|exists)|duplicate (patron|user|card)", "patron_exists",
         "merge"),
    Rule("sip2", "", r"permission|not authori[sz]ed|login", "no_right", "administrator"),
    Rule("sip2", "", r"failed|data problem|internal|error", "server_fault", "try_again"),
)  # fmt: skip

UNFIT: dict[str, Fault] = {
    r"not-writable|koha\.not_writable|files\.unfit_not_writable": "not_writable",
    r"evergreen\.line\.(barcode|patron_barcode|count|user|wrong)": "not_writable",
    r"evergreen\.line\.(not_ascii|not_json)": "not_writable",
    r"no-card|koha\.no_card|files\.unfit_no_card": "no_card",
    r"files\.unfit_no_(access|library)": "no_number",
    r"evergreen\.line\.(noncat|profile|library|ident_type)": "no_number",
}
"""Why something of a kind that is carried could not be sent all the same, by the codes of that."""

ELSE: dict[str, tuple[Fault, Todo]] = {
    "unknown": ("no_answer", "look_there"),
    "by_hand": ("by_hand", "enter"),
    "noticed": ("noticed", "read"),
    "refused": ("refused", "look_refused"),
    "applied": ("new_patron", "merge"),
}
"""What to say where no rule fits, by what became of it."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a fault means, and what to do. `choice`: what is best chosen."""

    fault: Fault
    todo: Todo

    @property
    def title(self) -> Phrase:
        """Say so in a few words."""
        return say(f"fault.{self.fault}.title")

    @property
    def means(self) -> Phrase:
        """Say in plain words what happened."""
        return say(f"fault.{self.fault}")

    @property
    def says(self) -> Phrase:
        """Say what to do."""
        return say(f"todo.{self.todo}")

    @property
    def choice(self) -> Choice:
        """Give what is best chosen."""
        return TODO[self.todo]


def of(system: str, kind: str, outcome: Outcome) -> Advice:
    """Advise what to do about what a library system said of a transaction of a kind.

    `system`: the desk's own, as `[ils] offline` names it.
    """
    if outcome.kind != "by_hand":
        for rule in _rules(system):
            if kind.startswith(rule.kinds) and _fits(rule, outcome):
                return Advice(rule.fault, rule.todo)
    else:
        for codes, fault in UNFIT.items():
            if re.fullmatch(codes, outcome.code):
                return Advice(fault, "enter")
    if kind == "registration" and outcome.kind != "refused":
        return Advice("new_patron", "enter" if outcome.kind == "by_hand" else "merge")
    return Advice(*ELSE.get(outcome.kind, ELSE["refused"]))


@lru_cache
def _rules(system: str) -> tuple[Rule, ...]:
    """Give the rules in the order in which they are tried: the desk's own first."""
    return tuple(_in_order(system))


def _in_order(system: str) -> Iterator[Rule]:
    own = ("", system)
    yield from (rule for rule in RULES if rule.system in own)
    yield from (rule for rule in RULES if rule.system not in own)


def _fits(rule: Rule, outcome: Outcome) -> bool:
    if rule.code:
        return re.fullmatch(rule.code, outcome.code, re.IGNORECASE) is not None
    return re.search(rule.words, outcome.words, re.IGNORECASE) is not None


def known_code(text: str) -> str:
    """Find in a line the code of a library system that a rule knows; else ""."""
    for word in re.findall(r"\b[A-Z][A-Z_-]{5,}\b", text):
        code = str(word).replace("-", "_")  # Evergreen's manual prints ROUTE-ITEM
        if any(rule.code and re.fullmatch(rule.code, code) for rule in RULES):
            return code
    return ""
