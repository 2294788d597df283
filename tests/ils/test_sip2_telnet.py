"""SIP2 by telnet: the prompts of SIPServer and Koha, and whatever else may come."""

from __future__ import annotations

import asyncio

import pytest
from support.sip2_script import LENT, STATUS, Peer, checkout, client, codes, server

from kiosk.ils.base import Unreachable

LOGIN = {"transport": "telnet", "login": "kiosk", "password": "secret", "timeout": 1.0}


class Prompts:
    """A server that asks for a login."""

    def __init__(self, *, before: bytes = b"", right: bool = True, hangs_up: bool = False) -> None:
        self.before = before
        self.right = right
        self.hangs_up = hangs_up
        self.said: list[bytes] = []

    async def __call__(self, peer: Peer) -> None:
        write = peer.writer.write
        write(self.before + b"login: ")
        self.said.append(await peer.reader.readline())
        for letter in b"password: ":
            write(bytes([letter]))
            await asyncio.sleep(0)
        self.said.append(await peer.reader.readline())
        if not self.right:
            write(b"Invalid login\r\nlogin: ")
            return
        write(b"Login OK.  Initiating SIP\r\n")
        if self.hangs_up:
            await peer.hang_up()
            return
        for body in (STATUS, LENT):
            await peer.answer(body)


async def test_it_logs_in_at_the_prompts_and_then_speaks_sip2() -> None:
    prompts = Prompts()
    async with server(prompts) as served:
        outcome = await client(served.port, **LOGIN).send(checkout(), no_block=False)

    assert outcome.kind == "applied"
    assert prompts.said == [b"kiosk\r\n", b"secret\r\n"]
    assert codes(served.heard[0]) == ["99", "11"]


async def test_options_of_telnet_and_a_greeting_are_passed_over() -> None:
    async with server(Prompts(before=b"\xff\xfb\x01\xff\xfd\x18Welcome!\r\n")) as served:
        outcome = await client(served.port, **LOGIN).send(checkout(), no_block=False)

    assert outcome.kind == "applied"


async def reason(talk: object) -> str:
    async with server(talk) as served:  # type: ignore[arg-type]
        with pytest.raises(Unreachable) as error:
            await client(served.port, **{**LOGIN, "timeout": 0.2}).hello()
    return error.value.reason.key


async def test_a_wrong_login_is_refused() -> None:
    assert await reason(Prompts(right=False)) == "library.login_refused"


async def test_a_server_that_asks_for_none_is_told_from_one_that_is_down() -> None:
    async def mute(peer: Peer) -> None:
        await asyncio.Event().wait()

    assert await reason(mute) == "library.no_prompt"


@pytest.mark.parametrize("text", [b"", b"x" * 10_000])
async def test_one_that_hangs_up_or_talks_for_ever_is_given_up(text: bytes) -> None:
    async def talks(peer: Peer) -> None:
        peer.writer.write(text)
        await peer.hang_up()

    assert await reason(talks) == "library.hung_up"


async def test_one_that_hangs_up_after_the_login_is_given_up() -> None:
    assert await reason(Prompts(hangs_up=True)) == "library.hung_up"
