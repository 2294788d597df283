"""The link between the engine and its clients: a Unix socket carrying msgpack messages.

    frame = length (4 bytes, big-endian) | message

This is the clients' end: a plain thread, so that Kivy and the console can use the same one. The
engine's end is `kiosk.view.server`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import threading
from typing import TYPE_CHECKING

import msgspec

from kiosk.view.messages import FromClient, FromEngine, Hello, TurnedAway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kiosk.view.messages import Intent

log = logging.getLogger(__name__)

LENGTH = struct.Struct(">I")
_LONGEST_PATH = 100
"""Linux allows 107 bytes for the path of a Unix socket (unix(7))."""

encode = msgspec.msgpack.Encoder().encode
_decode_from_engine = msgspec.msgpack.Decoder(FromEngine).decode


def link_path(data: Path) -> Path:
    """Give the socket of the engine whose data are in this folder."""
    return data.absolute() / "link.sock"


@contextlib.contextmanager
def address_of(path: Path) -> Iterator[str]:
    """Give a name of a socket that fits into an address, however long its path is.

    Raises OSError where there is no such folder.
    """
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield os.fspath(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def framed(message: FromClient | FromEngine) -> bytes:
    """Give a message as it travels."""
    frame = encode(message)
    return LENGTH.pack(len(frame)) + frame


class LinkThread:
    """A client's end: stays connected, and calls back on its own thread.

    `on_message` gets everything the engine sends; `on_up` and `on_down` tell of the connection.
    After `TurnedAway` it does not come back by itself. `retry`: seconds between two attempts.
    """

    def __init__(
        self,
        path: Path,
        hello: Hello,
        *,
        on_message: Callable[[FromEngine], None],
        on_up: Callable[[], None],
        on_down: Callable[[], None],
        retry: float = 0.2,
    ) -> None:
        self._path = path
        self._hello = hello
        self._on_message = on_message
        self._on_up = on_up
        self._on_down = on_down
        self._retry = retry
        self._socket: socket.socket | None = None
        self.up = threading.Event()
        """Set while connected."""
        self.stopped = threading.Event()
        """Set once it does not connect any more."""
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and end the thread."""
        self.stopped.set()
        connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=2)

    def send(self, message: Intent) -> bool:
        """Send an intent; False where the engine is not there to take it."""
        connection = self._socket
        if connection is None:
            return False
        try:
            with self._sending:
                connection.sendall(framed(message))
        except OSError:
            return False
        return True

    def _run(self) -> None:
        while not self.stopped.is_set():
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                    with address_of(self._path) as address:
                        connection.connect(address)
                    connection.sendall(framed(self._hello))
                    self._socket = connection
                    if self.stopped.is_set():
                        return
                    self.up.set()
                    self._on_up()
                    self._listen(connection)
            except (OSError, msgspec.MsgspecError) as error:
                log.debug("the link is down: %r", error)
            except Exception:
                # A message that its reader trips over must not freeze what is on show.
                log.exception("the link met something unforeseen")
            if self._socket is not None:
                self._socket = None
                self.up.clear()
                if not self.stopped.is_set():
                    self._on_down()
            self.stopped.wait(self._retry)

    def _listen(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while len(head := stream.read(LENGTH.size)) == LENGTH.size:
                (length,) = LENGTH.unpack(head)
                frame = stream.read(length)
                if len(frame) < length:
                    return
                message = _decode_from_engine(frame)
                if isinstance(message, TurnedAway):
                    self.stopped.set()
                self._on_message(message)
