"""What stands before a real server and may fail: it cuts connections, or refuses as Amazon does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

REFUSAL = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>{code}</Code><Message>no</Message><RequestId>1</RequestId></Error>"""


@dataclass
class Front:
    """`refuses` is a status and a code that each request gets; `cuts` bytes, after which an answer
    breaks off. Neither: everything is handed on, both ways.
    """

    behind: int
    port: int = 0
    refuses: tuple[int, str] | None = None
    cuts: int | None = None
    sent: list[int] = field(default_factory=list)

    def serve(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if self.refuses is not None:
                self._refuse(client)
                return
            with socket.create_connection(("127.0.0.1", self.behind)) as server:
                threading.Thread(target=_copy, args=(client, server), daemon=True).start()
                self._answer(server, client)

    def _refuse(self, client: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(1 << 16)
        status, code = self.refuses or (500, "InternalError")
        body = b"" if asked.startswith(b"HEAD ") else REFUSAL.format(code=code).encode()
        head = f"HTTP/1.1 {status} No\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode() + body)
        client.shutdown(socket.SHUT_WR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        gone = 0
        while piece := server.recv(1 << 14):
            if self.cuts is not None and gone + len(piece) > self.cuts:
                break
            client.sendall(piece)
            gone += len(piece)
        self.sent.append(gone)
        for each in (client, server):
            each.shutdown(socket.SHUT_RDWR)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 14):
            target.sendall(piece)


@contextmanager
def front_of(port: int) -> Iterator[Front]:
    """A front on a free port of loopback, before the server on this one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        front = Front(port, server.getsockname()[1])
        threading.Thread(target=front.serve, args=(server,), daemon=True).start()
        yield front
        server.shutdown(socket.SHUT_RDWR)
