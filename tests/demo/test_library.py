"""The demo library: what it says to a kiosk, and what it keeps of it."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from pysip2 import (
    CheckinRequest,
    CheckinResponse,
    CheckoutRequest,
    CheckoutResponse,
    EndPatronSessionRequest,
    EndSessionResponse,
    RenewRequest,
    RenewResponse,
    SIPRequest,
    decode_message,
    encode_message,
)

from kiosk.demo.library import DemoLibrary, serve

if TYPE_CHECKING:
    from pathlib import Path

MAYA, INGRID, BLOCKED = "21234000094417", "21234000297721", "21234000194944"
PIPPI, SEVEN_SAMURAI = "31234000841153", "31234000262269"
BELOVED, HELD, LOST = "31234000381408", "31234000856425", "31234000619930"


def checkout(item: str, patron: str, *, no_block: str = "N", due: str = "20251212") -> SIPRequest:
    return CheckoutRequest(
        sc_renewal_policy="N",
        no_block=no_block,
        transaction_date="20251121    093012",
        nb_due_date=f"{due}    235900",
        institution_id="CENTRAL",
        patron_identifier=patron,
        item_identifier=item,
        terminal_password="",
    )


def renew(item: str, patron: str) -> SIPRequest:
    return RenewRequest(
        third_party_allowed="N",
        no_block="Y",
        transaction_date="20251121    093012",
        nb_due_date="20260102    235900",
        institution_id="CENTRAL",
        patron_identifier=patron,
        item_identifier=item,
        terminal_password="",
    )


def checkin(item: str) -> SIPRequest:
    return CheckinRequest(
        no_block="Y",
        transaction_date="20251121    093012",
        return_date="20251120    235959",
        current_location="CENTRAL",
        institution_id="CENTRAL",
        item_identifier=item,
        terminal_password="",
    )


async def ask(port: int, request: SIPRequest) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(encode_message(request, encoding="utf-8"))
    reply = decode_message(await reader.readuntil(b"\r"), encoding="utf-8").message
    writer.close()
    await writer.wait_closed()
    return reply


class TestLending:
    async def test_it_lends_until_the_day_the_kiosk_says(self) -> None:
        library = DemoLibrary()
        async with library.server.start() as port:
            reply = await ask(port, checkout(BELOVED, MAYA))

        assert isinstance(reply, CheckoutResponse)
        assert (reply.ok, reply.title_identifier) == ("1", "Beloved")
        assert reply.due_date == "20251212    235900"
        assert library.loans[BELOVED].patron == MAYA

    @pytest.mark.parametrize(
        ("item", "patron", "ok"),
        [
            (HELD, MAYA, "0"),
            (HELD, INGRID, "1"),
            (LOST, MAYA, "0"),
            (BELOVED, BLOCKED, "0"),
            (BELOVED, "29999", "0"),
            ("39999", MAYA, "0"),
        ],
    )
    async def test_it_refuses_what_its_rules_refuse(self, item: str, patron: str, ok: str) -> None:
        async with DemoLibrary().server.start() as port:
            reply = await ask(port, checkout(item, patron))

        assert reply.ok == ok
        assert bool(reply.screen_message) == (ok == "0")

    @pytest.mark.parametrize(
        ("item", "patron", "ok"),
        [
            (HELD, MAYA, "1"),
            (LOST, MAYA, "1"),
            (BELOVED, BLOCKED, "1"),
            (BELOVED, "29999", "0"),
            ("39999", MAYA, "0"),
        ],
    )
    async def test_no_block_overrides_all_but_the_unknown(
        self, item: str, patron: str, ok: str
    ) -> None:
        async with DemoLibrary().server.start() as port:
            reply = await ask(port, checkout(item, patron, no_block="Y"))

        assert reply.ok == ok

    @pytest.mark.parametrize(("no_block", "due"), [("N", "20251128"), ("Y", "20251212")])
    async def test_some_items_for_another_time_unless_they_were_lent_already(
        self, no_block: str, due: str
    ) -> None:
        async with DemoLibrary().server.start() as port:
            reply = await ask(port, checkout(SEVEN_SAMURAI, MAYA, no_block=no_block))

        assert isinstance(reply, CheckoutResponse)
        assert reply.due_date == f"{due}    235900"

    async def test_the_same_patron_again_is_a_renewal(self) -> None:
        library = DemoLibrary()
        async with library.server.start() as port:
            await ask(port, checkout(BELOVED, MAYA))
            reply = await ask(port, checkout(BELOVED, MAYA, due="20260102"))

        assert (reply.ok, reply.renewal_ok) == ("1", "Y")
        assert library.loans[BELOVED].due == "2026-01-02T23:59:00"
        assert library.returns == []

    @pytest.mark.parametrize(
        ("item", "patron", "words"),
        [
            (BELOVED, MAYA, ""),
            (BELOVED, INGRID, "Checked out to another patron"),
            (BELOVED, "29999", "Unknown card"),
            (PIPPI, MAYA, "Item not checked out"),
            ("39999", MAYA, "Unknown item"),
            (HELD, MAYA, "On hold for another patron"),
        ],
    )
    async def test_it_renews_what_its_patron_has_out(
        self, item: str, patron: str, words: str
    ) -> None:
        library = DemoLibrary()
        async with library.server.start() as port:
            for lent in (BELOVED, HELD):
                await ask(port, checkout(lent, MAYA, no_block="Y"))
            reply = await ask(port, renew(item, patron))

        assert isinstance(reply, RenewResponse)
        assert (reply.ok, reply.screen_message) == ("0", (words,)) if words else ("1", ())
        due = "2026-01-02T23:59:00" if not words else "2025-12-12T23:59:00"
        assert library.loans[BELOVED].due == due
        assert (library.log[-1].message, library.log[-1].words) == ("29", words)

    async def test_no_block_takes_an_item_back_from_whoever_has_it(self) -> None:
        library = DemoLibrary()
        async with library.server.start() as port:
            await ask(port, checkout(BELOVED, INGRID))
            refused = await ask(port, checkout(BELOVED, MAYA))
            taken = await ask(port, checkout(BELOVED, MAYA, no_block="Y"))

        assert (refused.ok, taken.ok) == ("0", "1")
        assert library.loans[BELOVED].patron == MAYA
        assert [(back.item, back.patron) for back in library.returns] == [(BELOVED, INGRID)]

    async def test_a_patrons_session_ends(self) -> None:
        end = EndPatronSessionRequest(
            transaction_date="20251121    093012", institution_id="", patron_identifier=MAYA
        )
        async with DemoLibrary().server.start() as port:
            reply = await ask(port, end)

        assert isinstance(reply, EndSessionResponse)
        assert reply.end_session == "Y"


class TestReturns:
    async def test_an_item_comes_back_once(self) -> None:
        library = DemoLibrary()
        async with library.server.start() as port:
            await ask(port, checkout(BELOVED, MAYA))
            back = await ask(port, checkin(BELOVED))
            again = await ask(port, checkin(BELOVED))

        assert isinstance(back, CheckinResponse)
        assert (back.ok, again.ok) == ("1", "0")
        assert library.loans == {}
        assert library.returns[0].returned == "2025-11-20T23:59:59"

    async def test_an_item_on_hold_raises_an_alert(self) -> None:
        async with DemoLibrary().server.start() as port:
            reply = await ask(port, checkin(HELD))

        assert (reply.ok, reply.alert) == ("1", "Y")


class TestItsState:
    async def test_it_is_a_log_of_all_it_was_sent(self, tmp_path: Path) -> None:
        library, path = DemoLibrary(), tmp_path / "state.json"
        async with library.server.start() as port:
            await ask(port, checkout(HELD, MAYA))
            await ask(port, checkout(HELD, MAYA, no_block="Y"))
            await ask(port, checkin(HELD))
        library.save(path)
        state = json.loads(path.read_text(encoding="utf-8"))

        assert [(entry["message"], entry["no_block"], entry["ok"]) for entry in state["log"]] == [
            ("11", False, False),
            ("11", True, True),
            ("09", True, True),
        ]
        assert state["loans"] == []
        assert state["returns"] == [
            {"item": HELD, "patron": MAYA, "returned": "2025-11-20T23:59:59"}
        ]
        assert os.listdir(tmp_path) == ["state.json"]  # noqa: PTH208 - in a test, at once

    async def test_it_goes_on_where_it_was(self, tmp_path: Path) -> None:
        library, path = DemoLibrary(), tmp_path / "state.json"
        async with library.server.start() as port:
            await ask(port, checkout(BELOVED, MAYA))
        library.save(path)
        again = DemoLibrary()
        again.load(path)

        assert again.state() == library.state()

    @pytest.mark.parametrize("text", ["{", "[]", '{"loans": [1]}'])
    def test_a_file_that_is_something_else_is_named(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "state.json"
        path.write_text(text)

        with pytest.raises(ValueError, match=r"state\.json"):
            DemoLibrary().load(path)


class TestServing:
    async def test_nobody_listens_any_more_once_it_has_stopped(self) -> None:
        async with DemoLibrary().server.start() as port:
            pass

        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    async def start(self, state: Path | None) -> tuple[asyncio.Task[None], int]:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(serve("127.0.0.1", 0, state, port.set_result))
        return task, await port

    async def test_it_saves_when_asked_and_when_stopped(self, tmp_path: Path) -> None:
        path = tmp_path / "state.json"
        task, port = await self.start(path)
        await ask(port, checkout(BELOVED, MAYA))
        os.kill(os.getpid(), signal.SIGHUP)
        await ask(port, checkout("39999", MAYA))
        assert json.loads(path.read_text())["loans"][0]["title"] == "Beloved"

        os.kill(os.getpid(), signal.SIGTERM)
        await task
        assert len(json.loads(path.read_text())["log"]) == 2

    async def test_it_does_without_a_state_file(self) -> None:
        task, _ = await self.start(None)
        os.kill(os.getpid(), signal.SIGTERM)

        await task

    async def test_a_taken_port_is_said_to_be_and_the_state_left_alone(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "state.json"
        task, port = await self.start(None)
        with pytest.raises(OSError) as error:  # noqa: PT011 - its number is looked at below
            await serve("127.0.0.1", port, path, lambda _: None)
        task.cancel()
        await asyncio.wait([task])

        assert error.value.errno == errno.EADDRINUSE
        assert not path.exists()
