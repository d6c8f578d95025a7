"""A mail server that takes every message and sends none on."""

import asyncio
import email
import socket
from collections.abc import Callable, Mapping
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from greenroom_runner.harness.services.inside.listening import Listener
from greenroom_runner.harness.services.inside.records import MAX_TEXT, Records

MAX_MESSAGE = 256 * 1024
MAX_RECEIVED = 16 * 1024 * 1024
"""Bytes that one connection may send."""
MAX_PARTS = 50
_LINE = 1000


class Mail:
    """Keeps the messages as they arrived."""

    def __init__(self, listening: socket.socket) -> None:
        self._messages = Records()
        self._listener = Listener(listening, self._converse)

    @property
    def questions(self) -> Mapping[str, Callable[..., Any]]:
        return {"messages": self._messages.all}

    async def start(self) -> dict[str, str]:
        self._listener.open()
        return {"SMTP_HOST": self._listener.host, "SMTP_PORT": str(self._listener.port)}

    async def keep(self) -> None:
        self._messages.keep()

    async def reset(self) -> None:
        await self._listener.drop()
        self._messages.reset()

    async def handle_DATA(  # noqa: N802 - the library looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        record = {
            "from": envelope.mail_from or "",
            "to": list(envelope.rcpt_tos),
            **read(envelope.original_content or b""),
        }
        return "250 OK" if self._messages.add(record) else "452 The mailbox is full"

    async def _converse(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        conversation = _Conversation(self, loop)
        transport, _ = await loop.connect_accepted_socket(lambda: conversation, connection)
        try:
            await conversation.over.wait()
        finally:
            transport.abort()
            await conversation.over.wait()


class _Conversation(SMTP):
    """One connection, which is bounded and says when it is over."""

    line_length_limit = 64 * 1024  # as generous as the servers that people meet

    def __init__(self, mail: Mail, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            mail,
            hostname="mail",
            ident="Greenroom",
            data_size_limit=MAX_MESSAGE,
            enable_SMTPUTF8=True,
            loop=loop,
        )
        self.over = asyncio.Event()
        self._left = MAX_RECEIVED

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0 and isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        else:
            super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.over.set()


def read(content: bytes) -> dict[str, Any]:
    """Return what a message says. Raises nothing, whatever it holds: one that the library stumbles
    over is told as it was sent.
    """
    try:
        return _read(content)
    except Exception:  # hostile messages find faults in the library that nobody has listed
        text = content.decode("utf-8", "replace")[:MAX_TEXT]
        return {"headers": {}, "subject": "", "text": text, "html": "", "attachments": []}


def _read(content: bytes) -> dict[str, Any]:
    message = email.message_from_bytes(content)
    parts = [part for part in message.walk() if not part.is_multipart()][:MAX_PARTS]
    plain = [part for part in parts if _is_body(part, "text/plain")]
    html = [part for part in parts if _is_body(part, "text/html")]
    attached = [part for part in parts if part not in plain and part not in html]
    headers = {name.lower()[:_LINE]: _decoded(value) for name, value in message.items()[:MAX_PARTS]}
    return {
        "headers": headers,
        "subject": headers.get("subject", ""),
        "text": _text(plain[0]) if plain else "",
        "html": _text(html[0]) if html else "",
        "attachments": [_attachment(part) for part in attached],
    }


def _is_body(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and part.get_content_disposition() != "attachment"


def _decoded(header: Any) -> str:
    return str(make_header(decode_header(header)))[:_LINE]


def _text(part: Message) -> str:
    data = _data(part)
    try:
        text = data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a character set that nobody knows
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")[:MAX_TEXT]


def _attachment(part: Message) -> dict[str, Any]:
    name = (part.get_filename() or "")[:_LINE]
    return {"name": name, "type": part.get_content_type()[:_LINE], "size": len(_data(part))}


def _data(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
