"""Real receivers on loopback: an HTTP server and a small SMTP server that keep what they get."""

import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    """What arrived: (title, body) of each message, for mail the recipients, else the kinds."""

    port: int = 0
    messages: list[tuple[str, str]] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


@contextmanager
def http_receiver(status: int = 200) -> Iterator[Received]:
    """Takes what Apprise's `json://` sends, and answers `status`."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.messages.append((document["title"], document["message"]))
            received.kinds.append(document["type"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), received):
        yield received


@contextmanager
def smtp_receiver() -> Iterator[Received]:
    """As much of SMTP as a client without login needs."""
    received = Received()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line):
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self):
            self.say("220 ready")
            to = []
            for line in iter(self.rfile.readline, b""):
                command = line.decode().strip()
                if command.upper().startswith("RCPT TO:"):
                    to.append(command[8:].strip("<> "))
                if command.upper() == "DATA":
                    self.say("354 go on")
                    self.take_message(to)
                elif command.upper() == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def take_message(self, to):
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line[1:] if line.startswith(b"..") else line)
            message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            text = message.get_body(("plain", "html")).get_content()
            received.messages.append((message["Subject"], text))
            received.recipients.append(to)
            self.say("250 taken")

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler), received):
        yield received


@contextmanager
def _serving(server: socketserver.TCPServer, received: Received) -> Iterator[None]:
    received.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
