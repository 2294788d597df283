"""Batches by Koha's companion plugin: what is said, what is believed, and what is loaded again."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.http_script import HANG_UP, Reply, Script, web_server
from support.shift import free_port
from support.transactions import MAYA, NOW, checkin, checkout

from kiosk.ils.base import LibraryError, ReplyLost, Unreachable
from kiosk.ils.batches import Batch, Place, Progress
from kiosk.ils.koha.library import best_method
from kiosk.ils.koha.plugin import PluginLibrary
from kiosk.ils.koha.settings import KohaSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


LOAN = checkout("31234000012349")
RETURN = checkin("31234000099999")
BATCH = Batch(id="b1", place=Place(key="CPL", title="CPL"), transactions=(LOAN, RETURN))
HTML = "<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"


def results(*found: tuple[str, str]) -> Reply:
    body = {"results": [{"status": status, "message": words} for status, words in found]}
    return Reply(json.dumps(body), type="application/json")


DONE = results(("processed", "Success."), ("processed", "Success."))
QUEUED = results(("queued", "Added."), ("queued", "Added."))
NOTHING = results()


def settings(url: str, **more: Any) -> KohaSettings:
    basic = {} if "client" in more else {"login": "kiosk", "password": "s3cret"}
    known = {"staff_url": url, "branchcode": "CPL", "timeout": 1.0, **basic}
    return KohaSettings(**known | more)


@asynccontextmanager
async def koha(*replies: Reply | None, **more: Any) -> AsyncIterator[tuple[Script, PluginLibrary]]:
    async with web_server() as server:
        server.say("/transactions", *replies)
        library = PluginLibrary(settings(server.url, **more), NOW.tzinfo, lambda: NOW)
        try:
            yield server, library
        finally:
            await library.close()


async def loaded(*replies: Reply | None, batch: Batch = BATCH, **more: Any) -> Progress:
    async with koha(*replies, **more) as (_, library):
        return await library.load(batch)


async def failure(*replies: Reply | None, **more: Any) -> LibraryError:
    with pytest.raises(LibraryError) as error:
        await loaded(*replies, **more)
    return error.value


async def test_a_batch_is_one_request_with_branch_times_and_numbers() -> None:
    async with koha(DONE) as (server, library):
        await library.load(BATCH)

    (request,) = server.requests
    assert request.path == "/api/v1/contrib/offlinecirc/transactions"
    assert request.json == {
        "branchcode": "CPL",
        "pending": False,
        "transactions": [
            {
                "timestamp": f"{LOAN.at:%Y-%m-%dT%H:%M:%SZ}",
                "action": "issue",
                "barcode": LOAN.item,
                "cardnumber": MAYA,
            },
            {
                "timestamp": f"{RETURN.at:%Y-%m-%dT%H:%M:%SZ}",
                "action": "return",
                "barcode": RETURN.item,
            },
        ],
    }
    login = base64.b64encode(b"kiosk:s3cret").decode()
    assert request.headers["authorization"] == f"Basic {login}"


async def test_what_is_loaded_again_is_the_same_byte_for_byte() -> None:
    async with koha(DONE) as (server, library):
        await library.load(BATCH)
        await library.load(BATCH)

    first, second = server.requests
    assert first.body == second.body


async def test_results_are_matched_by_their_order() -> None:
    progress = await loaded(results(("error", "Borrower not found."), ("processed", "Success.")))

    assert progress.stage == "done"
    first, second = progress.outcomes
    assert (first.transaction, first.kind, first.words) == (
        LOAN.id,
        "refused",
        "Borrower not found.",
    )
    assert (second.transaction, second.kind) == (RETURN.id, "applied")


async def test_a_batch_for_the_queue_rests_there() -> None:
    async with koha(QUEUED, pending=True) as (server, library):
        progress = await library.load(BATCH)

        assert server.requests[0].json["pending"] is True
        assert (progress.stage, progress.outcomes) == ("loaded", ())
        assert library.rests_as == "handed_over"


async def test_where_not_all_got_into_the_queue_each_is_told_of() -> None:
    mixed = results(("queued", "Added."), ("error", "Item not found."))

    progress = await loaded(mixed, pending=True)

    assert progress.stage == "done"
    assert [(x.kind, x.code) for x in progress.outcomes] == [("noticed", "queued"), ("refused", "")]


async def test_what_went_into_the_queue_unasked_is_for_a_person() -> None:
    progress = await loaded(results(("queued", "Added."), ("processed", "Success.")))

    assert progress.stage == "done"
    assert [(x.kind, x.code) for x in progress.outcomes] == [("noticed", "queued"), ("applied", "")]


class TestLostReplies:
    @pytest.mark.parametrize(
        "reply",
        [
            HANG_UP,
            Reply(after=5),
            Reply("oops", status=500),
            Reply("Bad gateway", status=502),
            Reply(HTML, type="text/html"),
            Reply(HTML, type="application/json"),
            Reply("{", type="application/json"),
            Reply('{"results": "none"}', type="application/json"),
            Reply('["results"]', type="application/json"),
            Reply('{"results": [{"message": "x"}, {"status": 1}]}', type="application/json"),
        ],
        ids=lambda reply: "hangs up" if reply is None else (reply.body[:12] or "late"),
    )
    async def test_nobody_knows_whether_it_arrived(self, reply: Reply | None) -> None:
        assert isinstance(await failure(reply), ReplyLost)

    async def test_fewer_results_than_transactions_are_believed_of_none(self) -> None:
        error = await failure(results(("processed", "Success.")))

        assert isinstance(error, ReplyLost)
        assert error.reason.key == "koha.other_count"

    async def test_the_same_batch_is_loaded_again_and_what_was_there_is_skipped(self) -> None:
        skipped = results(("skipped", "Already processed: x"), ("processed", "Success."))
        async with koha(HANG_UP, skipped) as (server, library):
            with pytest.raises(ReplyLost):
                await library.load(BATCH)
            looked = await library.look(BATCH)
            progress = await library.load(BATCH)

        assert looked.stage == "absent"
        assert [x.kind for x in progress.outcomes] == ["applied", "applied"]
        assert server.requests[0].body == server.requests[1].body


class TestNothingWasTaken:
    @pytest.mark.parametrize(
        ("reply", "key"),
        [
            (Reply('{"error":"Not found"}', 404, "application/json"), "koha.no_plugin"),
            (Reply(HTML, 404, "text/html"), "koha.no_rest"),
            (Reply('{"error":"branchcode"}', 400, "application/json"), "koha.not_taken"),
            (Reply('{"error":"Auth"}', 401, "application/json"), "koha.basic_refused"),
            (Reply('{"error":"Perm"}', 403, "application/json"), "koha.no_permission"),
            (Reply(HTML, 403, "text/html"), "koha.no_permission"),
            (Reply(HTML, 429, "text/html"), "koha.fault"),
            (
                Reply(status=302, headers={"Location": "https://k.example/maintenance"}),
                "library.sent_elsewhere",
            ),
        ],
        ids=["no plugin", "no Koha", "400", "401", "403", "403 page", "429", "302"],
    )
    async def test_it_says_what_to_do(self, reply: Reply, key: str) -> None:
        error = await failure(reply)

        assert isinstance(error, Unreachable)
        assert error.reason.key == key

    async def test_nobody_listens(self) -> None:
        library = PluginLibrary(
            settings(f"http://127.0.0.1:{free_port()}"), NOW.tzinfo, lambda: NOW
        )
        with pytest.raises(Unreachable) as error:
            await library.load(BATCH)
        await library.close()

        assert error.value.reason.key == "library.refused_connection"

    async def test_https_is_spoken_to_what_speaks_http(self) -> None:
        async with web_server() as server:
            url = server.url.replace("http:", "https:")
            library = PluginLibrary(settings(url, connect_timeout=0.5), NOW.tzinfo, lambda: NOW)
            with pytest.raises(Unreachable) as error:
                await library.load(BATCH)
            await library.close()

        assert error.value.reason.key == "library.no_https"


class TestHello:
    async def test_it_tells_that_nothing_has_happened(self) -> None:
        async with koha(NOTHING) as (server, library):
            await library.hello()

        assert server.requests[0].json["transactions"] == []

    async def test_a_plugin_that_does_not_take_nothing_is_there_all_the_same(self) -> None:
        async with koha(Reply("[]", 400, "application/json")) as (_, library):
            await library.hello()

    @pytest.mark.parametrize("reply", [HANG_UP, Reply("", 500), Reply(HTML, type="text/html")])
    async def test_without_an_answer_koha_is_away(self, reply: Reply | None) -> None:
        async with koha(reply) as (_, library):
            with pytest.raises(Unreachable):
                await library.hello()

    async def test_the_service_is_the_method_where_there_is_no_plugin(self) -> None:
        async with web_server() as server:
            server.say("/transactions", NOTHING)
            assert await best_method(settings(server.url)) == "plugin"

            server.say("/transactions", Reply('{"error":"Not found"}', 404, "application/json"))
            assert await best_method(settings(server.url)) == "service"

    async def test_a_wrong_password_is_no_reason_to_do_without_the_plugin(self) -> None:
        async with web_server() as server:
            server.say("/transactions", Reply("{}", 401, "application/json"))
            with pytest.raises(Unreachable):
                await best_method(settings(server.url))


def token(name: str, seconds: int = 3600) -> Reply:
    body = {"access_token": name, "expires_in": seconds, "token_type": "Bearer"}
    return Reply(json.dumps(body), type="application/json")


KEY = {"client": "c1", "client_password": "s1"}


class TestApiKey:
    async def test_it_gives_a_token_that_is_used_until_it_ends(self) -> None:
        async with koha(DONE, **KEY) as (server, library):
            server.say("/oauth/token", token("t1"))
            await library.load(BATCH)
            await library.load(BATCH)

        (asked,) = server.asked("/oauth/token")
        assert asked.form == {
            "grant_type": "client_credentials",
            "client_id": "c1",
            "client_secret": "s1",
        }
        sent = server.asked("/transactions")
        assert [each.headers["authorization"] for each in sent] == ["Bearer t1", "Bearer t1"]

    async def test_one_that_ends_soon_is_not_used_again(self) -> None:
        async with koha(DONE, **KEY) as (server, library):
            server.say("/oauth/token", token("t1", 30), token("t2"))
            await library.load(BATCH)
            await library.load(BATCH)

        sent = server.asked("/transactions")
        assert [each.headers["authorization"] for each in sent] == ["Bearer t1", "Bearer t2"]

    async def test_one_that_has_ended_is_renewed_and_the_batch_sent_again(self) -> None:
        async with koha(Reply("{}", 401), DONE, **KEY) as (server, library):
            server.say("/oauth/token", token("t1"), token("t2"))
            progress = await library.load(BATCH)

        assert progress.stage == "done"
        sent = server.asked("/transactions")
        assert [each.headers["authorization"] for each in sent] == ["Bearer t1", "Bearer t2"]

    async def test_a_key_that_was_revoked_is_tried_twice_and_no_more(self) -> None:
        async with koha(Reply("{}", 401), **KEY) as (server, library):
            server.say("/oauth/token", token("t1"))
            with pytest.raises(Unreachable) as error:
                await library.load(BATCH)

        assert error.value.reason.key == "koha.client_refused"
        assert len(server.asked("/transactions")) == 2

    @pytest.mark.parametrize(
        ("reply", "key"),
        [
            (Reply('{"error":"Unauthorized client"}', 403), "koha.client_refused"),
            (Reply('{"error":"Unimplemented grant type"}', 400), "koha.client_refused"),
            (Reply(HTML, 404, "text/html"), "koha.no_rest"),
            (Reply('{"access_token": ""}', 200), "koha.no_rest"),
        ],
    )
    async def test_without_a_token_nothing_is_sent(self, reply: Reply, key: str) -> None:
        async with koha(DONE, **KEY) as (server, library):
            server.say("/oauth/token", reply)
            with pytest.raises(Unreachable) as error:
                await library.load(BATCH)

        assert error.value.reason.key == key
        assert not server.asked("/transactions")
