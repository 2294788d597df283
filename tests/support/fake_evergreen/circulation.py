"""What becomes of one line of an upload: the items, the patrons, and the event that is said of it.

A line that is refused changes nothing. Limits, blocks and other people's holds do not refuse a
checkout: offline checkouts override them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from support.fake_web import zones

from . import dates
from .events import event
from .world import Account, Card, Entry, Hold, Item, Loan, NoncatType, Patron, Rules, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timezone

    from .events import Event

Line = dict[str, Any]

BAD_STATUS = {
    "lost": "COPY_STATUS_LOST",
    "missing": "COPY_STATUS_MISSING",
    "long_overdue": "COPY_STATUS_LONG_OVERDUE",
    "lost_and_paid": "COPY_STATUS_LOST_AND_PAID",
    "bad": "COPY_BAD_STATUS",
    "alert": "COPY_ALERT_MESSAGE",
}
MOST = 99
"""So many uncataloged items, or uses, one line may be about."""
LOST_BY_REGISTERING = ("card", "cards", "billing_address", "mailing_address", "survey_responses")
"""What the results do not say any more of a registration."""
USER_FIELDS = {
    "id", "isnew", "ischanged", "isdeleted", "usrname", "passwd", "ident_type", "ident_value",
    "ident_type2", "ident_value2", "first_given_name", "second_given_name", "family_name", "prefix",
    "suffix", "alias", "home_ou", "profile", "dob", "expire_date", "juvenile", "barred", "active",
    "master_account", "net_access_level", "standing", "email", "day_phone", "evening_phone",
    "other_phone", "alert_message", "addresses", "stat_cat_entries", *LOST_BY_REGISTERING,
}  # fmt: skip
USER_NEEDS = ("first_given_name", "family_name", "home_ou", "profile", "ident_type")


class RefusedError(Exception):
    """The line changed nothing. `events` say why."""

    def __init__(self, *names: str, **more: Any) -> None:
        super().__init__(", ".join(names))
        self.names = names
        self.more = more


@dataclass(frozen=True)
class Run:
    """One processing of one session, under the login that asked for it.

    `org` is the branch of that login, `place` the one that the request named.
    """

    world: World
    rules: Rules
    account: Account
    workstation: str
    org: int
    place: int
    session: str
    verdicts: dict[str, bool]
    """Items, and whether they have changed since: asked once for each, in one run."""

    @property
    def zone(self) -> timezone:
        return zones.zone(self.rules.zone)

    def carry_out(self, line: Line, now: float) -> Event | list[Event] | None:
        """Do what a line says; give the event, or events. None for a line of no known type."""
        deeds: dict[str, Callable[[Line, float], Event]] = {
            "checkout": self._checkout,
            "renew": self._renew,
            "checkin": self._checkin,
            "in_house_use": self._in_house_use,
            "register": self._register,
        }
        deed = deeds.get(str(line["type"]))
        if deed is None:
            return None
        try:
            self._skip_if_newer(line)
            return deed(line, now)
        except RefusedError as refused:
            said = [event(now, name, **refused.more) for name in refused.names]
            return said[0] if len(said) == 1 else said
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return event(now, "INTERNAL_SERVER_ERROR", debug=str(error))

    # -- the deeds ---------------------------------------------------------------------------------

    def _checkout(self, line: Line, now: float) -> Event:
        self._needs("COPY_CHECKOUT", "CIRC_PERMIT_OVERRIDE")
        if line.get("noncat"):
            return self._noncat(line, now)
        if line.get("due_date"):
            self._needs("CIRC_OVERRIDE_DUE_DATE")
        item = self._item(line)
        patron, card = self._patron(line)
        loan: Loan | None = self.world.get("loan", item.item)
        if loan is not None and loan.patron == patron.card and self.rules.auto_renew:
            return self._renew(line, now)
        _refuse(self._faults_of(patron, card, now))
        if item.precat:
            raise RefusedError("ITEM_NOT_CATALOGED")
        if item.reserved:
            raise RefusedError("COPY_RESERVED")
        if loan is not None:
            raise RefusedError(
                "CIRC_CLAIMS_RETURNED" if loan.claimed else "OPEN_CIRCULATION_EXISTS"
            )
        if item.status == "in_transit":
            raise RefusedError("COPY_IN_TRANSIT")
        said = self._lend("checkout", line, item, patron, renewals=item.renewals, now=now)
        self._resettle_hold(item, patron)
        return said

    def _noncat(self, line: Line, now: float) -> Event:
        count = int(line.get("noncat_count") or 1)
        if count > MOST:
            raise RefusedError("INTERNAL_SERVER_ERROR", payload="TOO MANY NON CATS")
        patron, card = self._patron(line)
        _refuse(self._faults_of(patron, card, now))
        kind: NoncatType | None = self.world.get("noncat_type", line.get("noncat_type"))
        if kind is None:
            raise RefusedError("DATABASE_UPDATE_FAILED")
        at = self._time(line, "checkout_time", now)
        self._write("noncat", line, kind.name, patron.card, at, count=count)
        return event(now, "SUCCESS")

    def _renew(self, line: Line, now: float) -> Event:
        self._needs("RENEW_CIRC")
        item = self._item(line)
        loan: Loan | None = self.world.get("loan", item.item)
        if line.get("patron_barcode"):
            patron, card = self._patron(line)
            if loan is None or loan.patron != patron.card:
                raise RefusedError("ACTION_CIRCULATION_NOT_FOUND")
        elif loan is None:
            raise RefusedError("ACTOR_USER_NOT_FOUND")
        else:
            patron, card = self.world.get("patron", loan.patron), Card(loan.patron)
        if loan.claimed:
            raise RefusedError("CIRC_CLAIMS_RETURNED")
        faults = self._faults_of(patron, card, now)
        if self.rules.expired_may_renew:
            faults = [x for x in faults if x != "PATRON_ACCOUNT_EXPIRED"]
        _refuse(faults)
        if loan.renewals <= 0:
            self._needs("MAX_RENEWALS_REACHED.override")
        return self._lend(
            "renewal", line, item, patron, renewals=max(0, loan.renewals - 1), now=now
        )

    def _checkin(self, line: Line, now: float) -> Event:
        self._needs("COPY_CHECKIN")
        item = self._item(line)
        loan: Loan | None = self.world.get("loan", item.item)
        if loan is not None and loan.claimed:
            raise RefusedError("CIRC_CLAIMS_RETURNED")
        if item.status in BAD_STATUS:
            raise RefusedError(BAD_STATUS[item.status])
        at = self._time(line, "backdate", now)
        arrives = item.status == "in_transit" and item.destination == self.org
        hold: Hold | None = self.world.get("hold", item.item)
        wanted = hold is not None and not hold.captured
        goes = hold.org if hold is not None else item.org
        if not (loan or arrives or wanted or goes != self.org or item.status == "in_transit"):
            raise RefusedError("NO_CHANGE")
        self.world.drop("loan", item.item)
        if hold is not None:
            self.world.put("hold", item.item, replace(hold, captured=True))
        if goes != self.org:
            said = "ROUTE_ITEM"
            self._becomes(item, now, status="in_transit", destination=goes)
        else:
            said = "ITEM_NOT_CATALOGED" if item.precat else "SUCCESS"
            self._becomes(item, now, status="on_holds_shelf" if hold else "reshelving")
        at = min(at, zones.at(now, self.zone))
        self._write("checkin", line, item.item, loan.patron if loan else "", at, said=said)
        return event(now, said, **({"org": goes} if said == "ROUTE_ITEM" else {}))

    def _in_house_use(self, line: Line, now: float) -> Event:
        self._needs("CREATE_IN_HOUSE_USE")
        count = int(line.get("count") or 1)
        if count > MOST:
            raise RefusedError("INTERNAL_SERVER_ERROR", payload="TOO MANY IN HOUSE USE")
        item = self._item(line)
        at = self._time(line, "use_time", now)
        self._write("in_house_use", line, item.item, "", at, count=count, org=self.place)
        return event(now, "SUCCESS")

    def _register(self, line: Line, now: float) -> Event:
        # What is said afterwards about the line is said without what is taken out here.
        whole = {**line, "user": dict(line["user"])}
        user = line["user"]
        taken = {name: user.pop(name, None) for name in LOST_BY_REGISTERING}
        self._needs("CREATE_USER")
        odd = sorted(set(whole["user"]) - USER_FIELDS)
        if odd:
            raise RefusedError("INTERNAL_SERVER_ERROR", debug=f"unknown field {odd[0]}")
        barcode = str((taken["card"] or {}).get("barcode") or "")
        username = str(user.get("usrname") or barcode)
        patrons: list[Patron] = list(self.world.all("patron").values())
        if any(username in {x.username or x.card, x.card} for x in patrons):
            raise RefusedError("USERNAME_EXISTS")
        ident = str(user.get("ident_value") or "")
        if ident and any(x.ident == ident for x in patrons):
            raise RefusedError("PATRON_DUP_IDENT1")
        if not barcode or self.world.get("card", barcode) or not all(map(user.get, USER_NEEDS)):
            raise RefusedError("DATABASE_UPDATE_FAILED")
        name = f"{user['first_given_name']} {user['family_name']}"
        self.world.add_patron(Patron(barcode, name, username=username, ident=ident))
        self._write("registration", whole, "", barcode, zones.at(now, self.zone))
        return event(now, "SUCCESS")

    # -- what they have in common ------------------------------------------------------------------

    def _needs(self, *perms: str) -> None:
        for perm in perms:
            if not self.account.may(perm, self.org):
                raise RefusedError("PERM_FAILURE", ilsperm=perm, ilspermloc=self.org)

    def _item(self, line: Line) -> Item:
        item: Item | None = self.world.get("item", line.get("barcode"))
        if item is None:
            raise RefusedError("ASSET_COPY_NOT_FOUND", payload=line.get("barcode"))
        if line["type"] in item.refuses:
            raise RefusedError(item.refuses[line["type"]])
        return item

    def _patron(self, line: Line) -> tuple[Patron, Card]:
        barcode = str(line.get("patron_barcode") or "")
        card: Card | None = self.world.get("card", barcode)
        if card is None and self.rules.username_allowed and barcode:
            named = (x for x in self.world.all("patron").values() if x.username == barcode)
            card = next((Card(x.card) for x in named), None)
        if card is None:
            raise RefusedError("ACTOR_USER_NOT_FOUND")
        return self.world.get("patron", card.patron), card

    def _faults_of(self, patron: Patron, card: Card, now: float) -> list[str]:
        expired = dates.read(patron.expires, self.zone) < datetime.fromtimestamp(now, UTC)
        found = {
            "PATRON_INACTIVE": not patron.active,
            "PATRON_CARD_INACTIVE": not card.active,
            "PATRON_ACCOUNT_EXPIRED": expired,
            "PATRON_BARRED": patron.barred and self.rules.barred_refused,
        }
        return [name for name, is_so in found.items() if is_so]

    def _skip_if_newer(self, line: Line) -> None:
        if line["type"] not in self.rules.skip_newer:
            return
        barcode = str(line.get("barcode"))
        item: Item | None = self.world.get("item", barcode)
        if item is not None:
            newer = item.changed >= float(line.get("timestamp") or 0)
            if self.verdicts.setdefault(barcode, newer):
                raise RefusedError("SKIP_ASSET_CHANGED")

    def _time(self, line: Line, key: str, now: float) -> datetime:
        return dates.read(line[key], self.zone) if line.get(key) else zones.at(now, self.zone)

    def _resettle_hold(self, item: Item, patron: Patron) -> None:
        """Lend what is on hold: the patron's own is fulfilled, another's is looked for anew."""
        hold: Hold | None = self.world.get("hold", item.item)
        if hold is not None and hold.patron == patron.card:
            self.world.drop("hold", item.item)
        elif hold is not None:
            self.world.put("hold", item.item, replace(hold, captured=False))

    def _lend(
        self, op: str, line: Line, item: Item, patron: Patron, *, renewals: int, now: float
    ) -> Event:
        at = self._time(line, "checkout_time", now)
        due = self._time(line, "due_date", (at + timedelta(days=item.days)).timestamp())
        due = dates.day_end(due, self.zone)
        loan = Loan(
            item.item,
            patron.card,
            at.isoformat(),
            due.isoformat(),
            renewals,
            org=self.org,
            staff=self.account.username,
            workstation=self.workstation,
        )
        self.world.put("loan", item.item, loan)
        self._becomes(item, now, status="checked_out")
        self._write(op, line, item.item, patron.card, at, due=loan.due)
        return event(now, "SUCCESS")

    def _becomes(self, item: Item, now: float, **what: Any) -> None:
        self.world.put("item", item.item, replace(item, changed=now, **what))

    def _write(
        self,
        op: str,
        line: Line,
        item: str,
        patron: str,
        at: datetime,
        *,
        due: str = "",
        count: int = 1,
        said: str = "SUCCESS",
        org: int | None = None,
    ) -> None:
        self.world.write_down(
            Entry(
                op,
                item,
                patron,
                at.isoformat(),
                due,
                count,
                said,
                self.session,
                self.account.username,
                self.org if org is None else org,
                self.workstation,
                line,
            )
        )


def _refuse(names: list[str]) -> None:
    if names:
        raise RefusedError(*names)
