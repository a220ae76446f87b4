"""A mail server on loopback that keeps what it is given, or refuses as told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class Server(socketserver.ThreadingTCPServer):
    """`refuse` maps a recipient to the answer it gets."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.received: list[tuple[str, EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.hang_up = False

    @property
    def address(self) -> dict[str, object]:
        """The arguments of Django's mail connection."""
        return {"host": "127.0.0.1", "port": self.server_address[1], "timeout": 5}


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("Server", self.server)
        if server.hang_up:
            return
        self.say("220 ready")
        recipient = ""
        while line := self.rfile.readline():
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "RCPT":
                recipient = command[command.index("<") + 1 : command.index(">")]
                self.say(server.refuse.get(recipient, "250 ok"))
            elif verb == "DATA":
                self.say("354 go on")
                self.take(server, recipient)
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, server: Server, recipient: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        parsed = message_from_bytes(b"".join(lines), policy=policy.default)
        server.received.append((recipient, cast("EmailMessage", parsed)))
        self.say("250 taken")

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def server() -> Iterator[Server]:
    """Return the server, running until the block ends."""
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
