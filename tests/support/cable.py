"""A network cable between the kiosk and the library: a TCP proxy that can be cut in nasty ways."""

from __future__ import annotations

import contextlib
import socket
import threading


class Cable:
    """Forwards bytes to a port on this machine.

    `pull()` ends all connections and refuses new ones; `plug()` is the other way round.
    `lose_replies = n` swallows the next n replies to a checkout or checkin, after the library has
    acted on it, and hangs up.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.lose_replies = 0
        self.lost: list[bytes] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.plug()

    def plug(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def pull(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                kiosk, _ = listener.accept()
            except OSError:
                return
            try:
                library = socket.create_connection(("127.0.0.1", self._to_port))
            except OSError:
                kiosk.close()
                continue
            with self._lock:
                self._open |= {kiosk, library}
            for source, target, is_reply in ((kiosk, library, False), (library, kiosk, True)):
                threading.Thread(
                    target=self._carry, args=(source, target, is_reply), daemon=True
                ).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_reply: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_reply and self.lose_replies and data[:2] in (b"12", b"10"):
                    self.lose_replies -= 1
                    self.lost.append(data)
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {source, target}
        source.close()
