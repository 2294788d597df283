"""Koha's service.pl: how it lets one in, in two generations, and what is an answer."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.http_script import HANG_UP, Reply, Script, web_server
from support.transactions import NOW, checkin, checkout

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.koha.service import Service
from kiosk.ils.koha.settings import KohaSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LOAN = checkout("31234000012349")
SERVICE, AUTHENTICATION = "/offline_circ/service.pl", "/svc/authentication"
LOGIN_PAGE = '<html><form><input name="login_userid"/><input name="login_password"/></form></html>'
PAGE = "<html><body>Koha is being updated</body></html>"
DONE = Reply("Success.")
WRONG_TOKEN = Reply("Wrong CSRF token", status=403)
OLD = Reply("<response><status>failed</status></response>", type="text/xml")


def said(status: str, token: str) -> Reply:
    body = f"<?xml version='1.0'?><response><status>{status}</status></response>"
    cookie = f"CGISESSID=for-{token}; path=/"
    return Reply(body, type="text/xml", headers={"CSRF-TOKEN": token, "Set-Cookie": cookie})


@asynccontextmanager
async def koha(*replies: Reply | None, **more: Any) -> AsyncIterator[tuple[Script, Service]]:
    """Run a Koha of 24.05 or later, which answers so at service.pl."""
    async with web_server() as server:
        server.say(AUTHENTICATION, said("failed", "anonymous"), said("ok", "mine"))
        server.say(SERVICE, *replies)
        known = {"staff_url": f"{server.url}/", "branchcode": "CPL", "timeout": 1.0}
        login = {"login": "kiosk", "password": "s3cret & more"}
        service = Service(KohaSettings(**known | login | more), NOW.tzinfo)
        try:
            yield server, service
        finally:
            await service.close()


async def told(*replies: Reply | None, **more: Any) -> str:
    async with koha(*replies, **more) as (_, service):
        return await service.tell(LOAN, pending=False)


class TestWithTokens:
    async def test_it_logs_in_with_a_token_and_goes_on_with_the_next(self) -> None:
        async with koha(DONE) as (server, service):
            assert await service.tell(LOAN, pending=False) == "Success."

        first, login, sent = server.requests
        assert (first.method, first.path) == ("GET", "/cgi-bin/koha/svc/authentication")
        assert login.headers["csrf-token"] == "anonymous"
        assert login.form == {"login_userid": "kiosk", "login_password": "s3cret & more"}
        assert sent.method == "POST"
        assert sent.headers["csrf-token"] == "mine"
        assert sent.headers["cookie"] == "CGISESSID=for-mine"
        assert sent.form == {
            "timestamp": f"{LOAN.at:%Y-%m-%dT%H:%M:%SZ}",
            "action": "issue",
            "barcode": LOAN.item,
            "cardnumber": LOAN.patron,
            "pending": "false",
            "userid": "kiosk",
            "login_userid": "kiosk",
            "branchcode": "CPL",
        }

    async def test_it_stays_logged_in(self) -> None:
        async with koha(DONE) as (server, service):
            await service.tell(LOAN, pending=False)
            await service.tell(checkin("31234000012349"), pending=False)

        assert len(server.asked(AUTHENTICATION)) == 2
        assert len(server.asked(SERVICE)) == 2

    async def test_no_password_stands_in_an_address(self) -> None:
        async with koha(DONE) as (server, service):
            await service.tell(LOAN, pending=False)

        assert {each.query for each in server.requests} == {""}

    async def test_for_the_queue_pending_is_true(self) -> None:
        async with koha(Reply("Added.")) as (server, service):
            assert await service.tell(LOAN, pending=True) == "Added."

        assert server.asked(SERVICE)[0].form["pending"] == "true"

    @pytest.mark.parametrize(
        "shut_out",
        [
            WRONG_TOKEN,
            Reply('{"auth_status":"expired"}'),
            Reply('{"auth_status":"failed"}', status=401),
            Reply(LOGIN_PAGE, type="text/html"),
            Reply("Authentication failed."),
        ],
        ids=["token", "expired", "401", "login page", "words"],
    )
    async def test_after_a_session_has_ended_it_logs_in_again_and_sends_it_once_more(
        self, shut_out: Reply
    ) -> None:
        async with koha(DONE, shut_out, DONE) as (server, service):
            await service.tell(LOAN, pending=False)
            server.say(AUTHENTICATION, said("failed", "other"), said("ok", "newer"))
            assert await service.tell(LOAN, pending=False) == "Success."

        assert [each.headers["csrf-token"] for each in server.asked(SERVICE)] == [
            "mine",
            "mine",
            "newer",
        ]
        assert "cookie" not in server.asked(AUTHENTICATION)[2].headers

    async def test_who_is_shut_out_after_a_login_lacks_a_permission(self) -> None:
        async with koha(WRONG_TOKEN) as (server, service):
            with pytest.raises(Unreachable) as error:
                await service.tell(LOAN, pending=False)

        assert error.value.reason.key == "koha.no_permission"
        assert len(server.asked(SERVICE)) == 1

    async def test_a_login_that_is_refused_sends_nothing(self) -> None:
        async with koha(DONE) as (server, service):
            server.say(AUTHENTICATION, said("failed", "anonymous"))
            with pytest.raises(Unreachable) as error:
                await service.tell(LOAN, pending=False)

        assert error.value.reason.key == "library.login_refused"
        assert not server.asked(SERVICE)

    async def test_a_koha_that_fails_at_the_login_is_not_taken_for_an_old_one(self) -> None:
        async with koha(DONE) as (server, service):
            server.say(AUTHENTICATION, Reply("Bad gateway", status=502))
            with pytest.raises(Unreachable) as error:
                await service.tell(LOAN, pending=False)

        assert error.value.reason.key == "koha.fault"
        assert not server.asked(SERVICE)

    async def test_a_version_that_is_told_wrongly_is_found_out(self) -> None:
        async with koha(DONE, version="24.05") as (server, service):
            server.say(AUTHENTICATION, OLD)
            with pytest.raises(Unreachable) as error:
                await service.tell(LOAN, pending=False)

        assert error.value.reason.key == "koha.no_token"
        assert not server.asked(SERVICE)


class TestBeforeTokens:
    @asynccontextmanager
    async def old(
        self, *replies: Reply | None, **more: Any
    ) -> AsyncIterator[tuple[Script, Service]]:
        async with koha(*replies, **more) as (server, service):
            server.say(AUTHENTICATION, OLD)
            yield server, service

    async def test_it_is_found_out_and_name_and_password_go_along(self) -> None:
        async with self.old(DONE) as (server, service):
            await service.tell(LOAN, pending=False)
            await service.tell(LOAN, pending=False)

        assert len(server.asked(AUTHENTICATION)) == 1
        sent = server.asked(SERVICE)[1].form
        assert (sent["userid"], sent["password"]) == ("kiosk", "s3cret & more")
        assert "login_userid" not in sent

    async def test_an_old_session_does_not_go_along(self) -> None:
        with_cookie = Reply("Success.", headers={"Set-Cookie": "CGISESSID=one; path=/"})
        async with self.old(with_cookie) as (server, service):
            await service.tell(LOAN, pending=False)
            await service.tell(LOAN, pending=False)

        assert "cookie" not in server.asked(SERVICE)[1].headers

    async def test_where_the_version_is_told_nothing_is_found_out(self) -> None:
        async with koha(DONE, version="23.11") as (server, service):
            await service.tell(LOAN, pending=False)

        assert not server.asked(AUTHENTICATION)
        assert server.asked(SERVICE)[0].form["timestamp"].endswith("Z")

    async def test_a_very_old_one_is_told_its_own_time(self) -> None:
        async with koha(DONE, version="20.05.11") as (server, service):
            await service.tell(LOAN, pending=False)

        assert server.asked(SERVICE)[0].form["timestamp"] == f"{LOAN.at:%Y-%m-%d %H:%M:%S}"

    @pytest.mark.parametrize(
        "reply",
        [Reply("Authentication failed."), Reply("{auth_status: failed}", status=401)],
        ids=["very old", "from 18.05 on"],
    )
    async def test_a_wrong_password_is_no_outcome(self, reply: Reply) -> None:
        async with self.old(reply) as (server, service):
            with pytest.raises(Unreachable) as error:
                await service.tell(LOAN, pending=False)

        assert error.value.reason.key == "library.login_refused"
        assert len(server.asked(SERVICE)) == 1

    async def test_what_is_no_koha_is_not_taken_for_an_old_one(self) -> None:
        async with koha(DONE) as (server, service):
            server.say(AUTHENTICATION, Reply(PAGE, type="text/html"))
            with pytest.raises(Unreachable) as error:
                await service.tell(LOAN, pending=False)

        assert error.value.reason.key == "koha.no_koha"
        assert not server.asked(SERVICE)


class TestNoAnswer:
    @pytest.mark.parametrize(
        "reply",
        [
            HANG_UP,
            Reply(after=5),
            Reply(""),
            Reply(" \n"),
            Reply("Succ"),
            Reply(PAGE, type="text/html"),
            Reply(PAGE),
            Reply("Success.", status=500),
            Reply("Service unavailable", status=503),
        ],
        ids=[
            "hangs up",
            "late",
            "empty",
            "blank",
            "broken off",
            "page",
            "page as text",
            "500",
            "503",
        ],
    )
    async def test_nobody_knows_whether_it_was_carried_out(self, reply: Reply | None) -> None:
        async with koha(reply) as (server, service):
            with pytest.raises(ReplyLost):
                await service.tell(LOAN, pending=False)

        assert len(server.asked(SERVICE)) == 1

    @pytest.mark.parametrize(
        ("reply", "key"),
        [
            (Reply(PAGE, 404, "text/html"), "koha.no_service"),
            (Reply(PAGE, 429, "text/html"), "koha.fault"),
            (
                Reply(status=302, headers={"Location": "/cgi-bin/koha/maintenance.pl"}),
                "library.sent_elsewhere",
            ),
        ],
    )
    async def test_what_certainly_was_not_can_be_sent_again(self, reply: Reply, key: str) -> None:
        with pytest.raises(Unreachable) as error:
            await told(reply)

        assert error.value.reason.key == key

    async def test_a_late_reply_does_not_come_to_the_next_request(self) -> None:
        async with koha(Reply("Item not found.", after=1.3), DONE) as (_, service):
            with pytest.raises(ReplyLost):
                await service.tell(LOAN, pending=False)

            assert await service.tell(LOAN, pending=False) == "Success."


class TestHello:
    async def test_it_logs_in_and_does_nothing(self) -> None:
        async with koha(Reply("")) as (server, service):
            await service.hello()

        assert "action" not in server.asked(SERVICE)[0].form

    @pytest.mark.parametrize(
        "reply", [HANG_UP, WRONG_TOKEN, Reply("", 500), Reply(PAGE, type="text/html")]
    )
    async def test_without_an_answer_koha_is_away(self, reply: Reply | None) -> None:
        async with koha(reply) as (_, service):
            with pytest.raises(Unreachable):
                await service.hello()
