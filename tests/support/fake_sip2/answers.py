"""What the library says to each request, and what it does: the rules by which real ones differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .wire import Message
from .world import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import Item, Loan, Patron, World

INSTITUTION = "main"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rules:
    """How a library system decides. The defaults are what the protocol says."""

    no_block: bool = True
    """Whether a checkout with no-block is taken whatever speaks against it."""
    blank_due_is_normal: bool = True
    """Whether no-block counts only where a due date comes with it (Koha)."""
    nb_due: str = "due"
    """What the no-block due date becomes: due, or the date of issue (Koha before bug 32934)."""
    again: str = "renews"
    """What a checkout of one's own loan is: renews (Koha, SIPServer), or refused."""
    own_hold: bool = True
    """Whether a hold is satisfied by who placed it; SIPServer's ILS refuses him too."""
    answers_repeated: bool = False
    """Whether a repeated message gets the stored reply (FOLIO) instead of being carried out."""
    login_first: bool = True
    """Whether anything but a login ends the connection at first."""
    unknown: str = "96"
    """What an unknown message gets: 96 (Koha), or a closed connection (SIPServer)."""
    idle: float = 0.0
    """Seconds after which a silent connection is closed; 0: never."""
    says_n: bool = False
    """Whether the 98 says that neither checkout nor checkin is allowed, although both are."""
    titles_of_unknown: bool = True
    """Whether a refusal of an unknown item carries an (empty) title."""
    one_client: bool = False
    """Whether a second connection is accepted and then never answered."""
    online: bool = True
    login: str = "kiosk"
    password: str = "kiosk"
    takes: float = 0.0
    """Seconds for each request."""


class Library:
    """Answers requests out of a world. `now` is the library's clock."""

    def __init__(self, world: World, rules: Rules, now: Callable[[], datetime]) -> None:
        self.world = world
        self.rules = rules
        self.now = now
        self._acts = True

    def answer(self, request: Message, connection: int, *, act: bool = True) -> Message | None:
        """Do what a request says, and give the reply; None for a message it does not know.

        Without `act` it says what it would have done.
        """
        self._acts = act
        answers: dict[str, Callable[[Message, int], Message]] = {
            "93": self._login,
            "99": self._status,
            "23": self._patron_status,
            "63": self._patron,
            "17": self._item,
            "11": self._checkout,
            "09": self._checkin,
            "29": self._renewal,
            "35": self._end_session,
        }
        answer = answers.get(request.code)
        return None if answer is None else answer(request, connection)

    # -- asking ------------------------------------------------------------------------------------

    def _login(self, request: Message, _: int) -> Message:
        given = request.value("CN"), request.value("CO")
        return Message("94", "1" if given == (self.rules.login, self.rules.password) else "0")

    def _status(self, _request: Message, _: int) -> Message:
        online, may = ("Y" if x else "N" for x in (self.rules.online, not self.rules.says_n))
        fixed = f"{online}{may}{may}YNN100003{self._date()}2.00"
        bx = ("BX", "YYYNYYYYYNYNNNYN")
        return Message("98", fixed, (("AO", INSTITUTION), ("AM", "The fake library"), bx))

    def _patron_status(self, request: Message, connection: int) -> Message:
        whole = self._patron(request, connection)
        fields = tuple(x for x in whole.fields if x[0] in {"AO", "AA", "AE", "BL", "AF"})
        return Message("24", whole.fixed[:35], fields)

    def _patron(self, request: Message, _: int) -> Message:
        card = request.value("AA")
        patron = self.world.patrons.get(card)
        loans = self.world.had_by(card)
        overdue = [x for x in loans if x.due[:8] < self._date()[:8]]
        holds = [x.item for x in self.world.items.values() if x.held_for == card]
        counts = [len(holds), len(overdue), len(loans), 0, 0, 0]
        status = "YYYY" if patron is None or patron.status else "    "
        status += "Y" if patron is not None and patron.status == "lost" else " "
        lists = {0: ("AS", holds), 1: ("AT", _items(overdue)), 2: ("AU", _items(loans))}
        asked = request.fixed[21:31].find("Y")
        tag, listed = lists.get(asked, ("", []))
        fields: Fields = (
            ("AO", INSTITUTION),
            ("AA", card),
            ("AE", patron.name if patron else ""),
            ("BL", "N" if patron is None else "Y"),
            *((tag, item) for item in listed),
        )
        fixed = status.ljust(14) + "001" + self._date() + "".join(f"{x:04}" for x in counts)
        return Message("64", fixed, fields + _af(_stopped(patron)))

    def _item(self, request: Message, _: int) -> Message:
        number = request.value("AB")
        item, loan = self.world.items.get(number), self.world.loans.get(number)
        fields: Fields = (("AB", number), ("AJ", item.title if item else ""))
        if loan is not None:
            fields += (("AH", loan.due),)
        if item is not None:
            fields += (("BG", item.owner),)
        return Message("18", f"{_circulation_status(item, loan)}0101{self._date()}", fields)

    def _end_session(self, request: Message, _: int) -> Message:
        fields = (("AO", INSTITUTION), ("AA", request.value("AA")), ("AF", "Thank you!"))
        return Message("36", f"Y{self._date()}", fields)

    # -- acting ------------------------------------------------------------------------------------

    def _checkout(self, request: Message, connection: int) -> Message:
        card, number = request.value("AA"), request.value("AB")
        patron, item = self.world.patrons.get(card), self.world.items.get(number)
        loan, no_block = self.world.loans.get(number), self._is_no_block(request)
        words = self._why_not_lent(patron, item, loan, no_block=no_block)
        renews = loan is not None and loan.patron == card
        if words or item is None:
            return self._loan_reply("12", request, item, ok=False, words=words)
        due = self._due(request, item, no_block=no_block)
        if loan is not None and not renews:
            self._act("checkin", request, loan.patron, self._date(), connection, implied=True)
        self._act("renewal" if renews else "checkout", request, card, due, connection)
        words = "Item already checked out to you: renewing item." if renews else ""
        if no_block and self.rules.nb_due == "issue":
            due = ""
        return self._loan_reply("12", request, item, ok=True, words=words, due=due, renews=renews)

    def _renewal(self, request: Message, connection: int) -> Message:
        card, number = request.value("AA"), request.value("AB")
        patron, item = self.world.patrons.get(card), self.world.items.get(number)
        loan = self.world.loans.get(number)
        words = _stopped(patron) or (
            "Item not checked out to this user" if item else "Unknown item"
        )
        if item is None or loan is None or loan.patron != card or _stopped(patron):
            return self._loan_reply("30", request, item, ok=False, words=words)
        honours = self.rules.no_block and self.rules.nb_due == "due" and request.fixed[1] == "Y"
        due = self._due(request, item, no_block=honours)
        self._act("renewal", request, card, due, connection)
        return self._loan_reply("30", request, item, ok=True, due=due, renews=True)

    def _checkin(self, request: Message, connection: int) -> Message:
        number = request.value("AB")
        item, loan = self.world.items.get(number), self.world.loans.get(number)
        words = "Invalid Item" if item is None else "" if loan else "Item not checked out"
        held = item is not None and item.held_for != ""
        ok = item is not None and (loan is not None or held)
        if loan is not None:
            self._act("checkin", request, loan.patron, request.fixed[19:37], connection)
        fields: Fields = (
            ("AO", INSTITUTION),
            ("AB", number),
            ("AQ", item.owner if item else ""),
            ("AJ", item.title if item else ""),
        )
        if loan is not None:
            fields += (("AA", loan.patron),)
        if held:
            fields += (("CV", "01"),)
        fixed = f"{_digit(ok)}NU{'Y' if held else 'N'}{self._date()}"
        return Message("10", fixed, fields + _af(words))

    def _is_no_block(self, request: Message) -> bool:
        due = request.fixed[20:38].strip()
        wanted = request.fixed[1] == "Y" and self.rules.no_block
        return wanted and bool(due or not self.rules.blank_due_is_normal)

    def _why_not_lent(
        self, patron: Patron | None, item: Item | None, loan: Loan | None, *, no_block: bool
    ) -> str:
        """Give the words of a refusal, or "". With no-block, both have to exist, and no more."""
        if patron is None or item is None:
            return "Invalid Patron" if patron is None else "Invalid Item"
        holds = item.held_for not in {"", patron.card if self.rules.own_hold else ""}
        elsewhere = loan is not None and loan.patron != patron.card
        mine = loan is not None and not elsewhere
        reasons = {
            "Item is already checked out to this patron": mine and self.rules.again == "refused",
            _stopped(patron): not no_block,
            "Item cannot be issued: ITEM_LOST": item.status == "lost" and not no_block,
            "Item is on hold for another patron.": holds and not no_block,
            "Item already checked out to another patron.  Please return item for check-in.": (
                elsewhere and not no_block
            ),
        }
        return next((words for words, counts in reasons.items() if words and counts), "")

    def _due(self, request: Message, item: Item, *, no_block: bool) -> str:
        """Give the due date: the one that came where it counts, else one by the rules."""
        given = request.fixed[20:38]
        if no_block and given.strip() and self.rules.nb_due == "due":
            return given
        begins = self.now()
        if no_block and given.strip():
            begins = datetime.fromisoformat(given[:8])
        return f"{begins + timedelta(days=item.days):%Y%m%d}    235900"

    def _act(
        self, op: str, request: Message, patron: str, date: str, connection: int, **more: bool
    ) -> None:
        if not self._acts:
            return
        checkin = request.code == "09"
        self.world.carry_out(
            Entry(
                op=op,
                message=request.code,
                item=request.value("AB"),
                patron=patron,
                at=request.fixed[1:19] if checkin else request.fixed[2:20],
                date=date,
                no_block=request.fixed[0 if checkin else 1] == "Y",
                sequence=request.sequence,
                connection=connection,
                **more,
            )
        )

    def _loan_reply(
        self,
        code: str,
        request: Message,
        item: Item | None,
        *,
        ok: bool,
        words: str = "",
        due: str = "",
        renews: bool = False,
    ) -> Message:
        fields: Fields = (
            ("AO", INSTITUTION),
            ("AA", request.value("AA")),
            ("AB", request.value("AB")),
        )
        if item is not None or self.rules.titles_of_unknown:
            fields += (("AJ", item.title if item else ""),)
        fields += (("AH", due),)
        fixed = f"{_digit(ok)}{'Y' if ok and renews else 'N'}U{'Y' if ok else 'N'}{self._date()}"
        return Message(code, fixed, fields + _af(words))

    def _date(self) -> str:
        return f"{self.now():%Y%m%d    %H%M%S}"


def _stopped(patron: Patron | None) -> str:
    if patron is None:
        return "Invalid cardnumber"
    texts = {"barred": "Patron debarred", "expired": "Patron expired on 2024-06-30"}
    return texts.get(patron.status, "Card reported lost" if patron.status else "")


def _circulation_status(item: Item | None, loan: Loan | None) -> str:
    if item is None:
        return "01"
    if loan is not None:
        return "04"
    if item.status == "lost":
        return "12"
    return "08" if item.held_for else "03"


def _items(loans: list[Loan]) -> list[str]:
    return [loan.item for loan in loans]


def _af(words: str) -> Fields:
    return (("AF", words),) if words else ()


def _digit(yes: bool) -> str:
    return "1" if yes else "0"
