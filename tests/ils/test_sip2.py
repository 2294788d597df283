"""A SIP2 library system, against a real server, and against servers that do what servers do."""

from __future__ import annotations

import asyncio
import errno
import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.sip2_script import (
    BACK,
    BELOVED,
    BLOCKED,
    COMMON,
    DUE,
    EXPIRED,
    FILM,
    HELD,
    LENT,
    LOST,
    MAYA,
    NOW,
    ON_SHELF,
    PATRON,
    PIPPI,
    STATUS,
    WESTSIDE,
    ZONE,
    Peer,
    answering,
    checkin,
    checkout,
    client,
    codes,
    renewal,
    server,
)

from kiosk.demo.library import DemoLibrary
from kiosk.desk.transactions import InHouseUse
from kiosk.desk.words import say
from kiosk.ils.base import ChargedItems, Library, ReplyLost, Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kiosk.ils.sip2.library import Sip2Library


class TestAgainstARealServer:
    """pysip2's own server, which we did not write, with the demo library behind it."""

    @pytest.fixture
    async def served(self) -> AsyncIterator[tuple[DemoLibrary, int]]:
        library = DemoLibrary()
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def run() -> None:
            async with library.server.start() as bound:
                port.set_result(bound)
                await asyncio.Event().wait()

        task = asyncio.create_task(run())
        yield library, await port
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    @pytest.fixture
    def demo(self, served: tuple[DemoLibrary, int]) -> DemoLibrary:
        return served[0]

    @pytest.fixture
    async def library(self, served: tuple[DemoLibrary, int]) -> Library:
        return client(served[1], login="kiosk", password="kiosk", location="CENTRAL")

    async def test_it_says_hello_as_often_as_one_likes(self, library: Library) -> None:
        for _ in range(12):  # past the last sequence number
            await library.hello()

    async def test_it_refuses_a_wrong_login(self, served: tuple[DemoLibrary, int]) -> None:
        with pytest.raises(Unreachable) as error:
            await client(served[1], login="kiosk", password="wrong").hello()

        assert error.value.reason.key == "library.login_refused"

    async def test_it_knows_whose_card_it_is(self, library: Library) -> None:
        answer = await library.patron(MAYA)

        assert (answer.patron, answer.valid, answer.name) == (MAYA, True, "Maya Okafor")

    async def test_names_keep_their_accents(self, library: Library) -> None:
        assert (await library.patron("21234000524454")).name == "Tomás Herrera Núñez"

    @pytest.mark.parametrize(
        ("card", "words"), [(BLOCKED, "blocked"), (EXPIRED, "expired"), ("29999", "Unknown")]
    )
    async def test_some_cards_do_not_borrow(self, library: Library, card: str, words: str) -> None:
        answer = await library.patron(card)

        assert not answer.valid
        assert words in answer.words

    async def test_a_checkout_comes_back_with_title_and_due_date(
        self, library: Library, demo: DemoLibrary
    ) -> None:
        outcome = await library.send(checkout(PIPPI), no_block=False)

        assert (outcome.transaction, outcome.kind) == ("t1", "applied")
        assert (outcome.title, outcome.due, outcome.at) == ("Pippi Långstrump", DUE, NOW)
        assert demo.loans[PIPPI].due == "2025-12-12T23:59:00"

    async def test_the_media_type_is_told_where_the_library_has_one(self, library: Library) -> None:
        lent = await library.send(checkout(FILM), no_block=False)
        returned = await library.send(checkin(FILM), no_block=False)
        book = await library.send(checkout(PIPPI), no_block=False)

        assert (lent.media, returned.media, book.media) == ("006", "006", "")

    @pytest.mark.parametrize(
        ("item", "words"),
        [
            (HELD, "On hold for another patron"),
            (LOST, "Item declared lost"),
            ("3999", "Unknown item"),
        ],
    )
    async def test_a_refusal_comes_with_the_librarys_words(
        self, library: Library, item: str, words: str
    ) -> None:
        outcome = await library.send(checkout(item), no_block=False)

        assert (outcome.kind, outcome.words) == ("refused", words)

    async def test_what_has_already_happened_is_taken(
        self, library: Library, demo: DemoLibrary
    ) -> None:
        outcome = await library.send(checkout(HELD, BLOCKED), no_block=True)

        assert outcome.kind == "applied"
        assert demo.loans[HELD].patron == BLOCKED

    async def test_an_item_comes_back(self, library: Library, demo: DemoLibrary) -> None:
        await library.send(checkout(), no_block=False)
        outcome = await library.send(checkin(), no_block=False)

        assert (outcome.kind, outcome.title) == ("applied", "Beloved")
        assert demo.loans == {}

    async def test_an_item_that_was_not_out_is_refused(self, library: Library) -> None:
        outcome = await library.send(checkin(), no_block=False)

        assert (outcome.kind, outcome.words) == ("refused", "Item not checked out")

    @pytest.mark.parametrize(
        ("item", "code", "words"),
        [(HELD, "alert CV01", "hold shelf"), (WESTSIDE, "alert CV04", "Westside")],
    )
    async def test_an_item_that_must_go_elsewhere_is_noticed(
        self, library: Library, item: str, code: str, words: str
    ) -> None:
        outcome = await library.send(checkin(item), no_block=True)

        assert (outcome.kind, outcome.code) == ("noticed", code)
        assert words in outcome.words

    @pytest.mark.parametrize(
        ("returned", "told"),
        [
            (None, "2025-11-21T09:30:12"),
            (date(2025, 11, 19), "2025-11-19T23:59:59"),
            (date(2025, 11, 21), "2025-11-21T09:30:12"),
        ],
    )
    async def test_a_book_drop_counts_until_the_end_of_its_day_but_not_beyond_now(
        self, library: Library, demo: DemoLibrary, returned: date | None, told: str
    ) -> None:
        await library.send(checkout(), no_block=False)
        await library.send(checkin(returned=returned), no_block=True)

        assert demo.returns[0].returned == told

    async def test_it_knows_what_a_patron_has_out(self, library: Library) -> None:
        assert await library.charged_items(MAYA) == ChargedItems(items=frozenset(), complete=True)
        await library.send(checkout(BELOVED), no_block=False)
        await library.send(checkout(PIPPI), no_block=False)

        assert await library.charged_items(MAYA) == ChargedItems(
            items=frozenset({BELOVED, PIPPI}), complete=True
        )

    async def test_it_knows_where_an_item_is(self, library: Library) -> None:
        assert (await library.item_status(BELOVED)).charged is False
        await library.send(checkout(), no_block=False)
        status = await library.item_status(BELOVED)

        assert (status.charged, status.due, status.title) == (True, DUE, "Beloved")

    async def test_it_does_not_claim_to_know_an_unknown_item(self, library: Library) -> None:
        status = await library.item_status("3999")

        assert (status.charged, status.due, status.title) == (None, None, "")

    async def test_many_may_ask_at_once(self, library: Library) -> None:
        answers = await asyncio.gather(*(library.patron(MAYA) for _ in range(25)))

        assert {answer.name for answer in answers} == {"Maya Okafor"}

    async def test_it_works_without_error_detection(self, served: tuple[DemoLibrary, int]) -> None:
        library = client(served[1], error_detection=False)

        assert (await library.send(checkout(), no_block=False)).kind == "applied"

    async def test_a_loan_is_renewed(self, library: Library, demo: DemoLibrary) -> None:
        await library.send(checkout(), no_block=False)
        longer = replace(renewal(), due=DUE + timedelta(days=7))
        outcome = await library.send(longer, no_block=True)

        assert (outcome.kind, outcome.title, outcome.due) == ("applied", "Beloved", longer.due)
        assert demo.loans[BELOVED].due == "2025-12-19T23:59:00"
        assert (demo.log[-1].message, demo.log[-1].no_block) == ("29", True)

    async def test_a_renewal_may_be_refused_although_it_has_happened(
        self, library: Library
    ) -> None:
        outcome = await library.send(renewal(), no_block=True)
        assert (outcome.kind, outcome.words) == ("refused", "Item not checked out")

    async def test_a_renewal_without_a_card_is_left_to_a_person(
        self, library: Library, demo: DemoLibrary
    ) -> None:
        outcome = await library.send(replace(renewal(), patron=""), no_block=True)
        assert (outcome.kind, outcome.code) == ("by_hand", "no-card")
        assert demo.log == []

    async def test_what_sip2_cannot_carry_is_not_tried(self, library: Library) -> None:
        assert "in_house_use" not in library.carries
        with pytest.raises(TypeError):
            await library.send(InHouseUse(**COMMON, item=BELOVED), no_block=False)


class TestALostReply:
    async def test_a_server_that_acts_and_dies_is_not_told_twice(self) -> None:
        async def acts_and_dies(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            await peer.hang_up()

        async with server(acts_and_dies, answering(ON_SHELF)) as served:
            library = client(served.port)
            with pytest.raises(ReplyLost) as error:
                await library.send(checkout(), no_block=False)
            status = await library.item_status(BELOVED)

        assert error.value.reason == say("library.reply_lost", host="127.0.0.1", port=served.port)
        assert status.charged is False
        assert [codes(heard) for heard in served.heard] == [["99", "11"], ["99", "17"]]

    async def test_half_a_reply_is_none(self) -> None:
        async def dies_in_the_middle(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            peer.writer.write(LENT.encode())
            await peer.hang_up()

        async with server(dies_in_the_middle) as served:
            with pytest.raises(ReplyLost):
                await client(served.port).send(checkout(), no_block=True)

    @pytest.mark.parametrize("so_far", [b"", b"121NUU2025"])
    async def test_a_server_that_hangs_is_given_up_after_the_time_out(self, so_far: bytes) -> None:
        async def hangs(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            peer.writer.write(so_far)

        async with server(hangs) as served:
            with pytest.raises(ReplyLost):
                await client(served.port, timeout=0.05).send(checkin(), no_block=True)

        assert codes(served.heard[0]) == ["99", "09"]

    async def test_a_late_reply_dies_with_its_connection(self) -> None:
        timed_out = asyncio.Event()

        async def answers_late(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            await timed_out.wait()
            peer.say(LENT)

        async with server(answers_late, answering(LENT.replace("Beloved", "Maus"))) as served:
            library = client(served.port, timeout=0.05)
            with pytest.raises(ReplyLost):
                await library.send(checkout(), no_block=False)
            timed_out.set()

            assert (await library.send(checkout(), no_block=False)).title == "Maus"

    @pytest.mark.parametrize("reply", ["12?NUU20251121    093012AJBeloved|", "12AJBeloved|"])
    async def test_a_reply_that_says_neither_yes_nor_no_is_lost(self, reply: str) -> None:
        async with server(answering(reply)) as served:
            with pytest.raises(ReplyLost):
                await client(served.port).send(checkout(), no_block=False)

    async def test_a_cancelled_request_takes_its_connection_with_it(self) -> None:
        heard, hung_up = asyncio.Event(), asyncio.Event()

        async def watches(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            heard.set()
            await peer.listen_until_hung_up()
            hung_up.set()

        async with server(watches, answering(PATRON)) as served:
            library = client(served.port)
            request = asyncio.create_task(library.send(checkout(), no_block=False))
            await heard.wait()
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
            await hung_up.wait()

            assert (await library.patron(MAYA)).name == "Maya Okafor"


class TestAPreparedRequest:
    async def test_it_goes_out_as_it_would_have_gone_whatever_is_said_before_it(self) -> None:
        async with server(answering(LENT, STATUS, LENT)) as served:
            library, lent = client(served.port), checkout()
            await library.send(lent, no_block=True)
            library.prepare(lent, no_block=True)
            await library.hello()
            await library.send(lent, no_block=True)
        bodies, ends = zip(*(line.split("AY") for line in served.heard[0]), strict=True)

        assert bodies == ("9900802.00", bodies[1], "9900802.00", bodies[1])
        assert [end[0] for end in ends] == ["0", "1", "2", "3"]

    async def test_it_is_not_used_for_another_one_nor_where_the_library_may_refuse(self) -> None:
        async with server(answering(LENT, LENT)) as served:
            library, lent = client(served.port), checkout()
            library.prepare(lent, no_block=True)
            await library.send(lent, no_block=False)
            later = replace(lent, at=lent.at + timedelta(hours=1))
            await library.send(later, no_block=True)
        _, first, second = served.heard[0]

        assert first.startswith("11NN")
        assert second.startswith(f"11NY{later.at:%Y%m%d    %H%M%S}")

    async def test_one_that_cannot_be_written_is_left_to_a_person_as_ever(self) -> None:
        async with server(answering(LENT)) as served:
            library, lent = client(served.port), replace(checkout(), item="3|4")
            library.prepare(lent, no_block=True)
            outcome = await library.send(lent, no_block=True)

        assert outcome.kind == "by_hand"


class TestADamagedMessage:
    async def test_a_damaged_reply_is_asked_for_again_and_the_request_is_not_repeated(self) -> None:
        async def stutters(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            sequence = peer.sequence
            peer.say(LENT, wrong=True)
            await peer.hear()
            peer.say(LENT, sequence=sequence)

        async with server(stutters) as served:
            outcome = await client(served.port).send(checkout(), no_block=False)

        assert outcome.kind == "applied"
        assert served.heard[0][1][:2] == "11"
        assert served.heard[0][2] == "97AZFEF5"

    async def test_a_request_that_arrived_damaged_is_sent_again_as_it_was(self) -> None:
        async def misunderstands(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            peer.writer.write(b"96\r")
            await peer.answer(LENT)

        async with server(misunderstands) as served:
            outcome = await client(served.port).send(checkout(), no_block=False)

        assert outcome.kind == "applied"
        assert served.heard[0][1] == served.heard[0][2]

    async def test_an_answer_that_stays_damaged_is_unreadable(self) -> None:
        async def always_wrong(peer: Peer) -> None:
            await peer.answer(STATUS)
            for _ in range(4):
                await peer.hear()
                peer.say(PATRON, sequence="1", wrong=True)

        async with server(always_wrong) as served:
            with pytest.raises(Unreachable) as error:
                await client(served.port).patron(MAYA)

        assert error.value.reason.key == "library.unreadable"
        assert codes(served.heard[0]) == ["99", "63", "97", "97", "97"]

    async def test_the_strict_do_without_a_server_that_sends_no_checksums(self) -> None:
        async def unchecked(peer: Peer) -> None:
            for _ in range(4):
                await peer.hear()
                peer.writer.write(STATUS.encode() + b"\r")

        async with server(unchecked) as served:
            with pytest.raises(Unreachable):
                await client(served.port, checksums="strict").hello()

    @pytest.mark.parametrize(("retries", "asked"), [("000", 0), ("002", 2), ("999", 5), ("   ", 3)])
    async def test_it_is_asked_for_as_often_as_the_server_says_and_not_for_ever(
        self, retries: str, asked: int
    ) -> None:
        status = STATUS.replace("98YNNNYN050003", f"98YNNNYN050{retries}")

        async def always_wrong(peer: Peer) -> None:
            await peer.answer(status)
            for _ in range(asked + 1):
                await peer.hear()
                peer.say(LENT, sequence="1", wrong=True)

        async with server(always_wrong) as served:
            with pytest.raises(ReplyLost):
                await client(served.port).send(checkout(), no_block=True)

        assert codes(served.heard[0]) == ["99", "11", *["97"] * asked]

    async def test_a_plea_that_is_damaged_ends_in_a_lost_reply_and_not_in_a_second_loan(
        self,
    ) -> None:
        async def repeats_its_plea(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            peer.writer.write(b"96AZ0001\r")
            while True:
                await peer.hear()
                peer.writer.write(b"96AZFEF6\r")

        async with server(repeats_its_plea) as served:
            with pytest.raises(ReplyLost):
                await client(served.port).send(checkout(), no_block=True)

        assert codes(served.heard[0]) == ["99", "11", "97", "97", "97"]


class TestATimeOut:
    @pytest.mark.parametrize(
        ("tenths", "settings", "seconds"),
        [
            ("025", {}, 5.0),
            ("100", {}, 10.0),
            ("999", {}, 30.0),
            ("000", {}, 5.0),
            ("   ", {}, 5.0),
            ("100", {"timeout": 2.0}, 2.0),
            ("100", {"timeout": 60.0}, 60.0),
        ],
    )
    async def test_it_is_what_the_server_asks_for_within_reason_or_what_was_set(
        self, tenths: str, settings: dict[str, Any], seconds: float, monkeypatch: Any
    ) -> None:
        waits: list[float] = []
        timeout = asyncio.timeout

        def noted(wait: float) -> asyncio.Timeout:
            waits.append(wait)
            return timeout(wait)

        status = STATUS.replace("98YNNNYN050003", f"98YNNNYN{tenths}003")

        async def talk(peer: Peer) -> None:
            await peer.answer(status)
            await peer.answer(PATRON)

        async with server(talk) as served:
            library = client(served.port, **settings)
            await library.hello()
            monkeypatch.setattr(asyncio, "timeout", noted)
            await library.patron(MAYA)

        assert max(waits) == seconds


class TestAnUnusualServer:
    async def test_it_may_end_its_lines_with_both(self) -> None:
        async def windows(peer: Peer) -> None:
            for body in (STATUS, LENT, BACK):
                await peer.hear()
                peer.say(body, end="\r\n")

        async with server(windows) as served:
            library = client(served.port)

            assert (await library.send(checkout(), no_block=False)).kind == "applied"
            assert (await library.send(checkin(), no_block=False)).kind == "applied"

    async def test_it_may_answer_one_byte_at_a_time(self) -> None:
        async def drips(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            for byte in peer.framed(LENT):
                peer.writer.write(bytes([byte]))
                await asyncio.sleep(0)

        async with server(drips) as served:
            assert (await client(served.port).send(checkout(), no_block=False)).kind == "applied"

    async def test_it_may_answer_an_earlier_request_once_more(self) -> None:
        async def repeats_itself(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.answer(LENT.replace("Beloved", "Maus"))
            await peer.hear()
            peer.say(LENT.replace("Beloved", "Maus"), sequence="1")
            peer.say(PATRON)
            peer.say(LENT)

        async with server(repeats_itself) as served:
            library = client(served.port)
            await library.send(checkout(), no_block=False)

            assert (await library.send(checkout(), no_block=False)).title == "Beloved"

    async def test_it_may_say_things_unasked(self) -> None:
        said = asyncio.Event()

        async def chatters(peer: Peer) -> None:
            await peer.answer(STATUS)
            peer.say(LENT.replace("Beloved", "Maus"), sequence="1")
            await peer.writer.drain()
            said.set()
            await peer.answer(LENT)

        async with server(chatters) as served:
            library = client(served.port)
            await library.hello()
            await said.wait()

            assert (await library.send(checkout(), no_block=False)).title == "Beloved"

    async def test_it_may_hang_up_on_an_idle_client(self) -> None:
        gone = asyncio.Event()

        async def impatient(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hang_up()
            gone.set()

        async with server(impatient, answering(LENT)) as served:
            library = client(served.port)
            await library.hello()
            await gone.wait()

            assert (await library.send(checkout(), no_block=False)).kind == "applied"
        assert [codes(heard) for heard in served.heard] == [["99"], ["99", "11"]]

    async def test_a_question_that_met_a_dying_connection_is_put_once_more(self) -> None:
        async def dies(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            await peer.hang_up()

        async with server(dies, answering(PATRON)) as served:
            library = client(served.port)
            await library.hello()

            assert (await library.patron(MAYA)).name == "Maya Okafor"

    async def test_a_question_is_not_put_for_ever(self) -> None:
        async def dies(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.hear()
            await peer.hang_up()

        async with server(dies, dies) as served:
            library = client(served.port)
            await library.hello()
            with pytest.raises(Unreachable) as error:
                await library.patron(MAYA)

        assert error.value.reason.key == "library.hung_up"

    async def test_its_due_date_may_be_another_day(self) -> None:
        async with server(answering(LENT.replace("20251212", "20251205"))) as served:
            outcome = await client(served.port).send(checkout(), no_block=True)

        assert (outcome.kind, outcome.code) == ("noticed", "due-differs")
        assert outcome.due == DUE - timedelta(days=7)

    async def test_so_may_that_of_a_renewal(self) -> None:
        renewed = LENT.replace("121", "301", 1).replace("20251212", "20251205")
        async with server(answering(renewed)) as served:
            outcome = await client(served.port).send(renewal(), no_block=True)

        assert (outcome.kind, outcome.code) == ("noticed", "due-differs")

    @pytest.mark.parametrize("due", ["20251212    170000", "20251213   Z055900"])
    async def test_another_time_of_the_same_day_is_no_difference(self, due: str) -> None:
        async with server(answering(LENT.replace("20251212    235900", due))) as served:
            assert (await client(served.port).send(checkout(), no_block=True)).kind == "applied"

    @pytest.mark.parametrize(
        ("due", "kind"),
        [("134500", "applied"), ("235900", "applied"), ("104200", "noticed")],
    )
    async def test_a_loan_by_hours_is_told_with_its_time_and_held_to_it(
        self, due: str, kind: str
    ) -> None:
        lent = replace(checkout(), due=datetime(2025, 12, 12, 13, 42, tzinfo=ZONE))
        async with server(answering(LENT.replace("235900", due))) as served:
            assert (await client(served.port).send(lent, no_block=True)).kind == kind
        (asked,) = (message for message in served.heard[0] if message.startswith("11"))
        assert asked[22:40] == "20251212    134200"  # nb due date

    async def test_its_due_date_may_be_prose_which_a_person_compares(self) -> None:
        prose = LENT.replace("20251212    235900", "12/12/2025") + "AFLent.|"
        async with server(answering(prose, ON_SHELF)) as served:
            outcome = await client(served.port).send(checkout(), no_block=True)

        assert (outcome.kind, outcome.code, outcome.due) == ("noticed", "due-unread", None)
        assert outcome.words == "Lent. 12/12/2025"

    @pytest.mark.parametrize(
        ("style", "prose", "kind"),
        [
            ("%d/%m/%Y", "12/12/2025", "applied"),
            ("%d.%m.%Y %H:%M", "12.12.2025 23:59", "applied"),
            ("%m/%d/%Y", "12/05/2025", "noticed"),
            ("%d/%m/%Y", "soon", "noticed"),
        ],
    )
    async def test_prose_is_read_where_it_is_known_how_it_is_written(
        self, style: str, prose: str, kind: str
    ) -> None:
        lent = LENT.replace("20251212    235900", prose)
        async with server(answering(lent, ON_SHELF)) as served:
            outcome = await client(served.port, due_format=style).send(checkout(), no_block=True)

        assert outcome.kind == kind

    @pytest.mark.parametrize("ah", ["", "12/12/2025", " " * 18])
    async def test_a_due_date_that_cannot_be_read_is_asked_for(self, ah: str) -> None:
        lent = LENT.replace("20251212    235900", ah)
        out = ON_SHELF.replace("1803", "1804", 1) + "AH20251205    235900|"
        async with server(answering(lent, out)) as served:
            outcome = await client(served.port).send(checkout(), no_block=True)

        assert (outcome.kind, outcome.code) == ("noticed", "due-differs")
        assert codes(served.heard[0]) == ["99", "11", "17"]

    @pytest.mark.parametrize(
        ("settings", "no_block", "kind", "code"),
        [
            ({}, True, "applied", ""),
            ({"server": "koha-before-24.11.08"}, True, "noticed", "due-untold"),
            ({"server": "koha-before-24.11.08"}, False, "applied", ""),
            ({"server": "koha-before-24.11.08", "no_block": "honoured"}, True, "applied", ""),
        ],
    )
    async def test_one_that_nobody_tells_is_doubted_where_the_server_has_its_own(
        self, settings: dict[str, Any], no_block: bool, kind: str, code: str
    ) -> None:
        lent = LENT.replace("20251212    235900", "")
        async with server(answering(lent, ON_SHELF)) as served:
            library = client(served.port, **settings)
            outcome = await library.send(checkout(), no_block=no_block)

        assert (outcome.kind, outcome.code) == (kind, code)

    async def test_what_was_lent_stays_lent_when_the_question_for_the_date_fails(self) -> None:
        async def dies(peer: Peer) -> None:
            await peer.answer(STATUS)
            await peer.answer(LENT.replace("20251212    235900", ""))
            await peer.hear()
            await peer.hang_up()

        async with server(dies, dies) as served:
            outcome = await client(served.port, timeout=0.2).send(checkout(), no_block=True)

        assert outcome.kind == "applied"
        assert [codes(heard) for heard in served.heard] == [["99", "11", "17"], ["99", "17"]]

    async def test_it_may_refuse_in_several_sentences(self) -> None:
        refused = LENT.replace("121", "120", 1) + "AFPatron debarred|AFSee the desk |"
        async with server(answering(refused)) as served:
            outcome = await client(served.port).send(checkout(), no_block=False)

        assert (outcome.kind, outcome.words) == ("refused", "Patron debarred See the desk")

    async def test_an_alert_type_alone_is_an_alert_and_a_destination_says_where(self) -> None:
        async with server(answering(BACK + "CV02|CTWestside|")) as served:
            outcome = await client(served.port).send(checkin(), no_block=False)

        assert (outcome.kind, outcome.code) == ("noticed", "alert CV02")
        assert outcome.words == "Westside"

    @pytest.mark.parametrize(
        ("reply", "kind", "route", "to"),
        [
            (BACK, "applied", "shelve", ""),
            (BACK + "CTHome|", "applied", "shelve", ""),  # Koha's ct_always_send
            (BACK + "CV00|", "applied", "shelve", ""),  # Koha's cv_send_00_on_success
            (BACK + "CV01|CTHome|", "noticed", "hold", ""),
            (BACK + "CV02|CTWestside|", "noticed", "transit", "Westside"),
            (BACK + "CV04|CTWestside|", "noticed", "transit", "Westside"),
            (BACK + "CV04|", "noticed", "ask", ""),
            (BACK + "CV99|CTWestside|", "noticed", "ask", ""),
            (BACK.replace("101", "100", 1), "refused", "ask", ""),
        ],
    )
    async def test_alert_type_and_destination_say_where_a_returned_item_goes(
        self, reply: str, kind: str, route: str, to: str
    ) -> None:
        async with server(answering(reply)) as served:
            outcome = await client(served.port).send(checkin(), no_block=True)

        assert (outcome.kind, outcome.route, outcome.to) == (kind, route, to)

    @pytest.mark.parametrize(
        ("status", "fields", "valid"),
        [
            (" " * 14, "BLY|", True),
            (" " * 14, "", True),
            (" " * 14, "BLN|", False),
            ("Y" + " " * 13, "BLY|", False),
            ("    Y" + " " * 9, "BLY|", False),
            (" YYY YY       ", "BLY|", True),
        ],
    )
    async def test_a_card_borrows_unless_charging_is_denied_or_it_is_lost(
        self, status: str, fields: str, valid: bool
    ) -> None:
        reply = f"64{status}00120251121    093012{'0000' * 6}AA{MAYA}|{fields}"
        async with server(answering(reply)) as served:
            assert (await client(served.port).patron(MAYA)).valid is valid

    @pytest.mark.parametrize(
        ("position", "block"),
        [
            (0, "charging_denied"),
            (1, "renewal_denied"),
            (2, "recall_denied"),
            (3, "holds_denied"),
            (4, "card_lost"),
            (5, "too_many_charged"),
            (6, "too_many_overdue"),
            (7, "too_many_renewals"),
            (8, "too_many_claimed"),
            (9, "too_many_lost"),
            (10, "fines"),
            (11, "fees"),
            (12, "recall_overdue"),
            (13, "too_many_billed"),
        ],
    )
    async def test_each_position_of_the_patron_status_says_what_is_denied_or_why(
        self, position: int, block: str
    ) -> None:
        status = "Y".rjust(position + 1).ljust(14)
        reply = f"64{status}00120251121    093012{' ' * 24}AA{MAYA}|BLY|"
        async with server(answering(reply)) as served:
            assert (await client(served.port).patron(MAYA)).blocks == (block,)

    @pytest.mark.parametrize(
        ("counts", "fields", "said"),
        [
            ("000200010003000000000000", "BV4.50|BHEUR|", (2, 1, 3, "4.50 EUR")),
            ("0000" * 6, "BV0.00|BHUSD|", (0, 0, 0, "")),
            (" " * 24, "", (None, None, None, "")),
            ("00-2000100x3000000000000", "BV 12 |", (None, 1, None, "12")),
            ("", "BHEUR|", (None, None, None, "")),
        ],
    )
    async def test_it_is_told_what_is_on_hold_overdue_out_and_owed(
        self, counts: str, fields: str, said: tuple[Any, ...]
    ) -> None:
        reply = f"64{' ' * 14}00120251121    093012{counts}AA{MAYA}|AEMaya|BLY|{fields}"
        async with server(answering(reply)) as served:
            answer = await client(served.port).patron(MAYA)

        assert (answer.holds, answer.overdue, answer.charged, answer.fines) == said
        assert answer.name == "Maya"

    @pytest.mark.parametrize("fields", ["CQN|", "CQY|", ""])
    async def test_a_verdict_on_a_password_that_was_not_sent_says_nothing(
        self, fields: str
    ) -> None:
        async with server(answering(PATRON + fields)) as served:
            assert (await client(served.port).patron(MAYA)).valid
        assert "AD" not in re.findall(r"\|([A-Z]{2})", served.heard[0][1])

    @pytest.mark.parametrize(
        ("count", "fields", "items", "complete"),
        [
            ("0002", "AU31|AU32|", {"31", "32"}, True),
            ("0002", "AU31|AU32|AU31|AU32|", {"31", "32"}, True),
            ("0003", "AU31|AU32|", {"31", "32"}, False),
            ("0000", "", set(), True),
            ("    ", "", set(), False),
            ("    ", "AU31|", {"31"}, True),
            ("0001", "AU31 Beloved|", {"31", "31 Beloved"}, True),
        ],
    )
    async def test_a_list_of_charged_items_is_complete_when_it_is_as_long_as_it_says(
        self, count: str, fields: str, items: set[str], complete: bool
    ) -> None:
        reply = f"64{' ' * 14}00120251121    093012{' ' * 8}{count}{' ' * 12}AA{MAYA}|{fields}"
        async with server(answering(reply)) as served:
            charged = await client(served.port).charged_items(MAYA)

        assert charged == ChargedItems(items=frozenset(items), complete=complete)
        assert "  Y       AO" in served.heard[0][1]

    @pytest.mark.parametrize(
        ("status", "charged"),
        [
            *((code, True) for code in ("04", "05", "07")),
            *((code, False) for code in ("03", "08", "09", "10")),
            *((code, None) for code in ("01", "02", "06", "11", "12", "13", "  ")),
        ],
    )
    async def test_where_an_item_is(self, status: str, charged: bool | None) -> None:
        async with server(answering(ON_SHELF.replace("1803", "18" + status, 1))) as served:
            assert (await client(served.port).item_status(BELOVED)).charged is charged


class TestNotReachingIt:
    async def reason(self, library: Sip2Library) -> str:
        with pytest.raises(Unreachable) as error:
            await library.send(checkout(), no_block=True)
        return error.value.reason.key

    async def test_nobody_listens(self) -> None:
        async with server() as served:
            port = served.port

        assert await self.reason(client(port)) == "library.refused_connection"

    async def test_there_is_no_such_name(self) -> None:
        assert await self.reason(client(1, host="a..b")) == "library.name_unknown"

    async def test_it_does_not_pick_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def never(*_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)

        assert await self.reason(client(1, connect_timeout=0.01)) == "library.no_answer"

    async def test_the_cable_is_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def no_route(*_: object) -> None:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", no_route)

        assert await self.reason(client(1)) == "library.no_network"

    async def test_it_refuses_the_login(self) -> None:
        async def refuses(peer: Peer) -> None:
            await peer.answer("940")

        async with server(refuses) as served:
            library = client(served.port, login="kiosk", password="secret", location="main")

            assert await self.reason(library) == "library.login_refused"
        assert served.heard[0][0].startswith("9300CNkiosk|COsecret|CPmain|")
        assert codes(served.heard[0]) == ["93"]

    async def test_it_hangs_up_on_the_login(self) -> None:
        async def hangs_up(peer: Peer) -> None:
            await peer.hear()
            await peer.hang_up()

        async with server(hangs_up) as served:
            assert await self.reason(client(served.port)) == "library.hung_up"

    async def test_it_does_not_answer_the_login(self) -> None:
        async def mute(peer: Peer) -> None:
            await peer.hear()

        async with server(mute) as served:
            assert await self.reason(client(served.port, timeout=0.05)) == "library.no_answer"

    async def test_it_says_that_it_is_off_line(self) -> None:
        async def off_line(peer: Peer) -> None:
            await peer.answer(STATUS.replace("98Y", "98N", 1))

        async with server(off_line) as served:
            assert await self.reason(client(served.port)) == "library.says_offline"

    @pytest.mark.parametrize("denied", ["98YNYNYN", "98YYNNYN"])
    async def test_what_it_denies_is_believed_where_that_was_set(self, denied: str) -> None:
        async def denies(peer: Peer) -> None:
            await peer.answer(STATUS.replace("98YNNNYN", denied, 1))

        async with server(denies) as served:
            library = client(served.port, heed_permissions=True)
            assert await self.reason(library) == "library.denies"

    async def test_it_may_deny_that_it_lends_and_still_do_it(self) -> None:
        async with server(answering(LENT)) as served:
            assert STATUS.startswith("98YNNNYN")
            assert (await client(served.port).send(checkout(), no_block=True)).kind == "applied"

    async def test_hanging_up_when_not_connected_does_no_harm(self) -> None:
        library = client(1)

        await library.close()
        await library.close()
