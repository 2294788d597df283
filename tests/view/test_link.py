"""The link, over a real Unix socket: what arrives, and what clients of all kinds cannot break."""

from __future__ import annotations

import asyncio
import errno
import queue
import socket
import struct
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import msgspec
import pytest
from support.patience import PATIENCE

from kiosk.desk.answers import news
from kiosk.desk.words import say
from kiosk.view import server as link_server
from kiosk.view.link import LinkThread, address_of, link_path
from kiosk.view.messages import (
    LINK_VERSION,
    Alive,
    FromEngine,
    Happened,
    Hello,
    Picture,
    ReceiptDrawn,
    Screenshot,
    ScreenshotTaken,
    TurnedAway,
    Typed,
    Welcome,
)
from kiosk.view.server import LinkServer
from kiosk.view.state import AppState, Due, Library, Returned

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from kiosk.view.messages import Intent

SCREEN = Hello(link_version=LINK_VERSION, client="screen")
CONSOLE = Hello(link_version=LINK_VERSION, client="console", happenings=True)
encode = msgspec.msgpack.encode
decode = msgspec.msgpack.Decoder(FromEngine).decode


def state(items: int, staff: str = "Ines") -> AppState:
    day = "2026-11-21"
    return AppState(
        mode="checkout",
        now=f"{day}T10:00:00+00:00",
        library_name="Northside Branch",
        staff=staff,
        items=items,
        due=Due(day=day, default_day=day, default_days=21, presets=()),
        returned=Returned(day=day, today=day, yesterday=day),
        library=Library(state="none"),
    )


def happened(number: int) -> Happened:
    return Happened(at=str(number), answer=news(say("plain.text", text="something")))


def framed(message: Any) -> bytes:
    body = encode(message)
    return struct.pack(">I", len(body)) + body


class Engine:
    """The server, and what an engine would keep for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = state(0)
        self.intents: asyncio.Queue[Intent] = asyncio.Queue()
        self.telling = asyncio.Event()
        self.telling.set()
        self.server = LinkServer(
            path,
            engine_version="1.2",
            picture=lambda: self.state,
            on_intent=self.intents.put_nowait,
            telling=self.telling,
        )

    def show(self, items: int, staff: str = "Ines") -> None:
        self.state = state(items, staff)
        self.server.show()

    async def intent(self) -> Intent:
        async with asyncio.timeout(PATIENCE):
            return await self.intents.get()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    unhandled: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unhandled.append(context))
    engine = Engine(link_path(tmp_path))
    await engine.server.start()
    yield engine
    await engine.server.stop()
    assert unhandled == []


class Client:
    """A client that reads only when told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, raw: bytes) -> None:
        self._writer.write(raw)

    async def read(self) -> FromEngine:
        async with asyncio.timeout(PATIENCE):
            (length,) = struct.unpack(">I", await self._reader.readexactly(4))
            return decode(await self._reader.readexactly(length))

    async def until(self, message: FromEngine) -> list[FromEngine]:
        messages = [await self.read()]
        while messages[-1] != message:
            messages.append(await self.read())
        return messages

    async def end(self) -> None:
        """Read until the engine hangs up."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                while await self._reader.read(65536):
                    pass


@asynccontextmanager
async def client(engine: Engine, hello: Hello | None = None) -> AsyncIterator[Client]:
    with address_of(engine.path) as address:
        reader, writer = await asyncio.open_unix_connection(address)
    client = Client(reader, writer)
    if hello is not None:
        client.send(framed(hello))
        assert await client.read() == Welcome(engine_version="1.2")
    yield client
    writer.close()


async def test_a_socket_that_is_gone_with_its_folder_is_made_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "LOOK", 0.01)
    keeping = asyncio.create_task(engine.server.keep_open())
    folder = engine.path.parent
    async with client(engine, SCREEN) as before:
        await before.until(Picture(state=state(0)))
        engine.path.unlink()
        folder.rmdir()
        await asyncio.sleep(0.05)
        folder.mkdir()
        async with asyncio.timeout(PATIENCE):
            while not engine.path.exists():  # noqa: ASYNC110 - nothing tells of a file
                await asyncio.sleep(0.01)
        async with client(engine, SCREEN) as after:
            await after.until(Picture(state=state(0)))
            engine.show(1)
            assert await after.read() == Picture(state=state(1))
        assert await before.read() == Picture(state=state(1))
    assert engine.path.stat().st_mode & 0o777 == 0o600
    keeping.cancel()


async def test_a_disk_that_does_not_answer_ends_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "LOOK", 0.01)
    looks = Mock(side_effect=OSError(errno.EIO, "Input/output error"))
    monkeypatch.setattr(Path, "exists", looks)
    keeping = asyncio.create_task(engine.server.keep_open())
    async with asyncio.timeout(PATIENCE):
        while looks.call_count < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not keeping.done()
    keeping.cancel()


# -- what arrives ----------------------------------------------------------------------------------


async def test_the_picture_arrives_at_once_and_whenever_it_changes(engine: Engine) -> None:
    async with client(engine, SCREEN) as screen:
        assert await screen.read() == Picture(state=state(0))
        engine.show(1)
        assert await screen.read() == Picture(state=state(1))


async def test_a_picture_that_did_not_change_is_not_sent_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "FRAME", 0.0)
    async with client(engine, CONSOLE) as console:
        await console.until(Picture(state=state(0)))
        engine.show(0)
        engine.server.tell(happened(1))
        assert await console.read() == happened(1)
        engine.show(0)
        engine.show(2)
        assert await console.read() == Picture(state=state(2))


async def test_a_slow_client_gets_the_newest_picture_and_few_of_those_before(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "FRAME", 0.0)
    large = "x" * 200_000
    async with client(engine, SCREEN) as slow, client(engine, SCREEN) as quick:
        for number in range(1, 100):
            engine.show(number, large)
            await quick.until(Picture(state=state(number, large)))
        pictures = await slow.until(Picture(state=state(99, large)))
    assert len(pictures) < 20


async def test_happenings_arrive_all_and_in_order_at_those_who_asked_for_them(
    engine: Engine,
) -> None:
    async with client(engine, CONSOLE) as console, client(engine, SCREEN) as screen:
        await console.until(Picture(state=state(0)))
        for number in range(3000):
            assert engine.server.tell(happened(number)) == 1
            if number % 100 == 0:
                await asyncio.sleep(0)
        assert [await console.read() for _ in range(3000)] == [happened(n) for n in range(3000)]
        engine.show(1)
        assert await screen.until(Picture(state=state(1))) == [
            Picture(state=state(0)),
            Picture(state=state(1)),
        ]


async def test_intents_arrive_in_order(engine: Engine) -> None:
    intents = [Typed(text=str(number)) for number in range(200)]
    async with client(engine, SCREEN) as screen:
        screen.send(b"".join(map(framed, intents)))
        assert [await engine.intent() for _ in intents] == intents


async def test_wishes_for_a_screenshot_go_to_screens_and_their_answers_to_consoles(
    engine: Engine,
) -> None:
    wish, taken = Screenshot(path="/x.png"), ScreenshotTaken(path="/x.png")
    assert engine.server.tell_screens(wish) == 0
    async with client(engine, CONSOLE) as console, client(engine, SCREEN) as screen:
        await screen.until(Picture(state=state(0)))
        await console.until(Picture(state=state(0)))
        assert engine.server.tell_screens(wish) == 1
        engine.server.answer_consoles(taken)
        assert await screen.read() == wish
        assert await console.read() == taken


async def test_screens_are_told_that_the_engine_lives_and_nobody_else(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "SIGN", 0.01)
    async with client(engine, CONSOLE) as console, client(engine, SCREEN) as screen:
        signs = asyncio.create_task(engine.server.give_signs())
        await screen.until(Alive())
        await screen.until(Alive())
        signs.cancel()
        await console.until(Picture(state=state(0)))
        engine.show(1)
        assert await console.read() == Picture(state=state(1))


# -- what clients cannot break ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "hello", [Hello(link_version=LINK_VERSION + 1, client="screen"), Typed(text="hello")]
)
async def test_another_version_is_turned_away_with_a_message(engine: Engine, hello: Any) -> None:
    async with client(engine) as other:
        other.send(framed(hello) + framed(Typed(text="31234000381408")))
        turned_away = TurnedAway(engine_version="1.2", link_version=LINK_VERSION)
        assert await other.read() == turned_away
        await other.end()
    assert engine.intents.empty()


GARBAGE = {
    "nothing": b"",
    "half a length": b"\0\0",
    "an empty message": b"\0\0\0\0",
    "half a message": struct.pack(">I", 100) + b"x",
    "a message that is too long": b"\xff" * 64,
    "another protocol": b"GET / HTTP/1.1\r\nHost: kiosk\r\n\r\n",
    "not MessagePack": struct.pack(">I", 3) + b"\xc1\xc1\xc1",
    "no message of ours": framed({"type": "Reboot"}),
    "a message of the engine": framed(Welcome(engine_version="1.2")),
    "a field of another type": framed({"type": "Typed", "text": 5}),
    "a very deep one": struct.pack(">I", 100_000) + b"\x91" * 100_000,
}


@pytest.mark.parametrize("hello", [None, CONSOLE], ids=["at first", "after the greeting"])
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_ends_its_own_connection_and_nothing_else(
    engine: Engine, garbage: bytes, hello: Hello | None
) -> None:
    async with client(engine, SCREEN) as screen:
        await screen.until(Picture(state=state(0)))
        async with client(engine, hello) as other:
            other.send(garbage)
            other._writer.write_eof()
            await other.end()
        screen.send(framed(Typed(text="31234000381408")))
        assert await engine.intent() == Typed(text="31234000381408")
        engine.show(1)
        assert await screen.read() == Picture(state=state(1))
    assert engine.server.tell(happened(1)) == 0


async def test_a_client_that_never_reads_is_dropped_and_the_others_are_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "PILE", 50)
    receipt = ReceiptDrawn(text="x" * 20_000)
    async with client(engine, CONSOLE), client(engine, CONSOLE) as reading:
        await reading.until(Picture(state=state(0)))
        assert engine.server.tell(receipt) == 2
        told = 1
        async with asyncio.timeout(PATIENCE):
            while engine.server.tell(receipt) == 2:
                told += 1
                assert await reading.read() == receipt
        engine.server.tell(happened(1))
        messages = await reading.until(happened(1))
        assert len(messages) < 10
        assert told > 50


async def test_a_client_that_reads_more_slowly_than_it_writes_is_read_from_no_faster(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "UNREAD", 10)
    monkeypatch.setattr(link_server, "PILE", 50)
    lines, taken = [str(number) for number in range(300)], []

    def answer(intent: Intent) -> None:
        assert isinstance(intent, Typed)
        taken.append(intent.text)
        engine.server.tell(ReceiptDrawn(text=intent.text.ljust(20_000)))

    engine.server._on_intent = answer
    async with client(engine, CONSOLE) as console:
        await console.until(Picture(state=state(0)))
        console.send(b"".join(framed(Typed(text=line)) for line in lines))
        for _ in range(1000):
            await asyncio.sleep(0)  # the engine does what it can; nobody reads
        assert 10 < len(taken) < 100
        async with client(engine, SCREEN) as screen:
            assert await screen.until(Picture(state=state(0))), "others are served meanwhile"
        answers = [await console.read() for _ in lines]
    assert [answer.text.strip() for answer in answers if isinstance(answer, ReceiptDrawn)] == lines
    assert taken == lines


async def test_while_the_engine_is_far_behind_a_console_is_held_back_and_told_that_it_lives(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "SIGN", 0.02)
    async with client(engine, CONSOLE) as console, client(engine, SCREEN) as screen:
        await console.until(Picture(state=state(0)))
        console.send(framed(Typed(text="1")))
        assert await engine.intent() == Typed(text="1")
        engine.telling.clear()
        # What it had begun to wait for is still read; then nothing is.
        console.send(framed(Typed(text="2")) + framed(Typed(text="3")))
        await console.until(Alive())
        screen.send(framed(Typed(text="tap")))
        taken = [await engine.intent()]
        while taken[-1] != Typed(text="tap"):
            taken.append(await engine.intent())
        assert Typed(text="3") not in taken, "the screen is not held up by the console"
        await console.until(Alive())
        engine.telling.set()
        while taken[-1] != Typed(text="3"):
            taken.append(await engine.intent())
    assert [x.text for x in taken if isinstance(x, Typed) and x.text != "tap"] == ["2", "3"]


async def test_a_slow_client_that_goes_while_nothing_is_read_from_it_is_let_go(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_server, "UNREAD", 1)
    async with client(engine, CONSOLE) as console:
        await console.until(Picture(state=state(0)))
        while len(next(iter(engine.server._clients))._waiting) <= 1:
            engine.server.tell(ReceiptDrawn(text="x" * 100_000))
            await asyncio.sleep(0)
    told = 1
    async with asyncio.timeout(PATIENCE):
        while told:
            await asyncio.sleep(0.01)
            told = engine.server.tell(happened(1))


async def test_a_client_that_says_nothing_gets_nothing(engine: Engine) -> None:
    async with client(engine):
        engine.show(1)
        assert engine.server.tell(happened(1)) == 0


# -- the path --------------------------------------------------------------------------------------


def test_the_socket_is_with_the_data() -> None:
    assert link_path(Path("/var/lib/daybook")) == Path("/var/lib/daybook/link.sock")


async def test_also_where_its_path_is_longer_than_an_address_may_be(tmp_path: Path) -> None:
    deep = tmp_path / ("ü" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    path = link_path(deep)
    engine = Engine(path)
    await engine.server.start()
    assert [x.name for x in deep.iterdir()] == ["link.sock"]
    async with client(engine, SCREEN) as screen:
        assert await screen.read() == Picture(state=state(0))
    await engine.server.stop()
    assert not path.exists()


async def test_the_socket_is_for_its_owner_alone(engine: Engine) -> None:
    assert engine.path.stat().st_mode & 0o777 == 0o600


async def test_the_socket_of_a_killed_engine_is_replaced(tmp_path: Path) -> None:
    path = link_path(tmp_path)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    engine = Engine(path)
    await engine.server.start()
    async with client(engine, SCREEN):
        pass
    await engine.server.stop()


# -- the client's thread ---------------------------------------------------------------------------


class Screen:
    """A client's thread, and all it has called back with."""

    def __init__(self, path: Path, hello: Hello = SCREEN) -> None:
        self.calls: queue.Queue[Any] = queue.Queue()
        self.trip: Callable[[FromEngine], None] = lambda _: None
        self.thread = LinkThread(
            path,
            hello,
            on_message=self._message,
            on_up=lambda: self.calls.put("up"),
            on_down=lambda: self.calls.put("down"),
            retry=0.01,
        )

    def _message(self, message: FromEngine) -> None:
        self.calls.put(message)
        self.trip(message)

    async def next(self) -> Any:
        return await asyncio.to_thread(self.calls.get, timeout=PATIENCE)

    async def greeted(self) -> None:
        assert await self.next() == "up"
        assert await self.next() == Welcome(engine_version="1.2")

    async def stop(self) -> None:
        await asyncio.to_thread(self.thread.stop)
        assert not self.thread._thread.is_alive()


@pytest.fixture
async def screen(engine: Engine) -> AsyncIterator[Screen]:
    screen = Screen(engine.path)
    screen.thread.start()
    yield screen
    await screen.stop()


async def test_a_thread_carries_pictures_one_way_and_intents_the_other(
    engine: Engine, screen: Screen
) -> None:
    await screen.greeted()
    assert await screen.next() == Picture(state=state(0))
    assert screen.thread.up.is_set()
    assert screen.thread.send(Typed(text="31234000381408"))
    assert await engine.intent() == Typed(text="31234000381408")


async def test_a_thread_comes_back_when_the_engine_does(engine: Engine, screen: Screen) -> None:
    await screen.greeted()
    assert await screen.next() == Picture(state=state(0))
    await engine.server.stop()
    assert await screen.next() == "down"
    assert not screen.thread.up.is_set()
    assert not screen.thread.send(Typed(text="31234000381408"))
    engine.state = state(5)
    await engine.server.start()
    await screen.greeted()
    assert await screen.next() == Picture(state=state(5))


async def test_a_thread_of_another_version_is_told_and_stays_away(engine: Engine) -> None:
    other = Screen(engine.path, Hello(link_version=99, client="console"))
    other.thread.start()
    assert await other.next() == "up"
    assert await other.next() == TurnedAway(engine_version="1.2", link_version=LINK_VERSION)
    await asyncio.to_thread(other.thread._thread.join, PATIENCE)
    assert not other.thread.up.is_set()
    assert other.calls.empty()
    await other.stop()


async def test_a_message_its_reader_trips_over_ends_the_connection_but_not_the_thread(
    engine: Engine, screen: Screen
) -> None:
    def trip(message: FromEngine) -> None:
        screen.trip = lambda _: None
        raise ZeroDivisionError

    screen.trip = trip
    while await screen.next() != "down":
        pass
    await screen.greeted()


async def test_a_thread_can_be_stopped_at_any_moment(engine: Engine) -> None:
    for _ in range(20):
        screen = Screen(engine.path)
        screen.thread.start()
        await screen.stop()


async def test_a_thread_without_an_engine_waits_for_one(tmp_path: Path) -> None:
    path = link_path(tmp_path)
    screen = Screen(path)
    screen.thread.start()
    assert not screen.thread.send(Typed(text="31234000381408"))
    engine = Engine(path)
    await engine.server.start()
    await screen.greeted()
    await screen.stop()
    await engine.server.stop()
