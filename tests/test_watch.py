"""`kiosk run`: children that die come back, those that cannot start say why, none is left over."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.patience import PATIENCE

from kiosk import watch
from kiosk.watch import Child, display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


REPORT = """
import os, signal, socket, sys
home = socket.create_connection(("127.0.0.1", int(os.environ["HOME_PORT"])))
home.sendall(b"%d\\n" % os.getpid())
order = home.recv(1000).decode()
"""
"""A child that says it lives, and waits for what it shall do."""
OBEY = f"{REPORT}\nexec(order)"


class Life:
    """One life of a child, as it was reported."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self._reader = reader
        self._writer = writer

    def do(self, order: str) -> None:
        self._writer.write(order.encode())

    async def ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            assert await self._reader.read() == b""
        self._writer.close()


class Home:
    """Where children report that they live."""

    def __init__(self) -> None:
        self.port = 0
        self._lives: asyncio.Queue[Life] = asyncio.Queue()

    async def reported(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lives.put_nowait(Life(int(await reader.readline()), reader, writer))

    async def life(self) -> Life:
        async with asyncio.timeout(PATIENCE):
            return await self._lives.get()

    def child(self, script: str = OBEY) -> Child:
        child = Child("child", [], {"HOME_PORT": str(self.port)})
        child._arguments = [sys.executable, "-c", script]
        return child


@pytest.fixture
async def home(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    monkeypatch.setattr(watch, "_PAUSES", (0.01, 0.01))
    home = Home()
    server = await asyncio.start_server(home.reported, "127.0.0.1")
    home.port = server.sockets[0].getsockname()[1]
    yield home
    server.close()


class Watched:
    def __init__(self, task: asyncio.Task[str], stop: asyncio.Event) -> None:
        self.stop = stop
        self._task = task

    async def last_words(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return await self._task


@asynccontextmanager
async def watching(log: Path, *children: Child) -> AsyncIterator[Watched]:
    stop = asyncio.Event()
    task = asyncio.create_task(watch.watch(children, log, until=stop))
    yield Watched(task, stop)
    stop.set()
    await task


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kiosk.log"


# -- coming back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "death", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(3)", "sys.exit(0)", "1 / 0"]
)
async def test_a_child_that_dies_is_started_again(home: Home, log: Path, death: str) -> None:
    async with watching(log, home.child()):
        pids = []
        for _ in range(3):
            life = await home.life()
            pids.append(life.pid)
            life.do(death)
            await life.ended()
        await home.life()
    assert len(set(pids)) == 3


async def test_the_others_live_on_when_one_dies(home: Home, log: Path) -> None:
    async with watching(log, home.child(), home.child()) as watched:
        first, second = await home.life(), await home.life()
        first.do("os.abort()")
        again = await home.life()
        second.do("pass")  # it was there to take an order
        await second.ended()
        assert again.pid not in (first.pid, second.pid)
        assert not watched.stop.is_set()


async def test_a_child_that_says_it_cannot_start_ends_it_all_with_its_last_words(
    home: Home, log: Path
) -> None:
    words = "kiosk: kiosk.toml line 3: `prot` is no key here"
    async with watching(log, home.child(), home.child()) as watched:
        one, other = await home.life(), await home.life()
        one.do(f"print('more', {words!r}, sep='\\n', file=sys.stderr); sys.exit(1)")
        assert await watched.last_words() == words
        await other.ended()
    assert written(log) == f"more\n{words}\n"


async def test_a_child_that_cannot_be_made_just_now_is_tried_again(
    home: Home, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, failures = asyncio.create_subprocess_exec, iter([OSError("Cannot allocate memory")])

    async def short_of_memory(*words: str, **options: Any) -> asyncio.subprocess.Process:
        for failure in failures:
            raise failure
        return await make(*words, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", short_of_memory)
    async with watching(log, home.child()) as watched:
        await home.life()
        assert not watched.stop.is_set()


async def test_ctrl_c_on_the_terminal_is_for_the_parent_alone(home: Home, log: Path) -> None:
    async with watching(log, home.child()):
        life = await home.life()
        assert os.getpgid(life.pid) != os.getpgid(0)


async def test_a_child_that_is_unplugged_stays_out_until_plugged_in(home: Home, log: Path) -> None:
    child = home.child()
    async with watching(log, child):
        first = await home.life()
        await child.unplug()
        await first.ended()
        child.plug()
        assert (await home.life()).pid != first.pid


# -- ending ----------------------------------------------------------------------------------------


async def test_told_to_stop_it_ends_all_children_and_says_nothing(home: Home, log: Path) -> None:
    async with watching(log, home.child(), home.child()) as watched:
        lives = [await home.life(), await home.life()]
        watched.stop.set()
        assert await watched.last_words() == ""
        for life in lives:
            await life.ended()
            with pytest.raises(ProcessLookupError):
                os.kill(life.pid, 0)


async def test_a_child_that_does_not_listen_is_ended_by_force(
    home: Home, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_STOP", 0.05)
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN){REPORT}"
    async with watching(log, home.child(deaf)) as watched:
        life = await home.life()
        watched.stop.set()
        await watched.last_words()
        with pytest.raises(ProcessLookupError):
            os.kill(life.pid, 0)


async def test_children_end_with_their_parent_however_it_ends(home: Home, log: Path) -> None:
    script = (
        "import asyncio, pathlib, sys\n"
        "from kiosk.watch import Child, watch\n"
        "child = Child('child', [], {})\n"
        f"child._arguments = [sys.executable, '-c', {OBEY!r}]\n"
        f"asyncio.run(watch([child], pathlib.Path({str(log)!r}), until=asyncio.Event()))\n"
    )
    environment = {**os.environ, "HOME_PORT": str(home.port)}
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, env=environment)
    life = await home.life()
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await life.ended()


# -- the log ---------------------------------------------------------------------------------------


def fill(log: Path, text: str) -> None:
    log.parent.mkdir()
    log.write_text(text)


def written(log: Path) -> str:
    return log.read_text()


async def test_what_children_say_goes_into_the_log(home: Home, log: Path) -> None:
    fill(log, "before\n")
    async with watching(log, home.child()):
        life = await home.life()
        life.do("print('a warning', file=sys.stderr)")
        await home.life()
    assert written(log) == "before\na warning\n"


async def test_a_long_log_makes_room_for_a_new_one(
    home: Home, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_LOG_LIMIT", 10)
    fill(log, "x" * 11)
    async with watching(log):
        pass
    assert written(log) == ""
    assert written(log.with_suffix(".old.log")) == "x" * 11


@pytest.mark.parametrize("obstacle", ["no folder", "full disk"])
async def test_a_log_that_cannot_be_written_ends_nothing(
    home: Home, log: Path, obstacle: str
) -> None:
    if obstacle == "no folder":
        log = log / "beneath a file"
        fill(log.parent, "a file where the folder should be")
    else:
        log = Path("/dev/full")
    async with watching(log, home.child()) as watched:
        life = await home.life()
        life.do("print('a warning', file=sys.stderr)")
        await life.ended()
        await home.life()
        watched.stop.set()
        assert await watched.last_words() == ""


# -- where the screen is drawn ---------------------------------------------------------------------

CHOICES = [
    ({"DISPLAY": ":0"}, True, {}, True),
    ({"WAYLAND_DISPLAY": "wayland-0"}, False, {}, True),
    ({}, True, {"SDL_VIDEODRIVER": "kmsdrm"}, True),
    ({}, False, {"SDL_VIDEODRIVER": "offscreen"}, False),
    ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, False, {"SDL_VIDEODRIVER": "offscreen"}, False),
    ({"SDL_VIDEODRIVER": "offscreen", "DISPLAY": ":0"}, True, {}, False),
    ({"SDL_VIDEODRIVER": "dummy"}, True, {}, False),
    ({"SDL_VIDEODRIVER": "x11", "DISPLAY": ":0"}, False, {}, True),
]


@pytest.mark.parametrize("choice", CHOICES)
def test_the_screen_is_drawn_where_somebody_sees_it_or_says_that_nobody_does(
    choice: tuple[dict[str, str], bool, dict[str, str], bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment, card, extra, visible = choice
    monkeypatch.setattr(watch, "_GRAPHICS", tmp_path)
    (tmp_path / "renderD128").touch()
    if card:
        (tmp_path / "card1").touch()
    assert display(environment) == (extra, visible)
