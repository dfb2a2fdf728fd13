"""A mailbox over HTTP:

    GET  /api/mail/{address}                  {"threads": [{"subject", "mails": [...]}]}
    POST /api/mail/{address}                  {"to", "subject", "text", "in_reply_to"?}, JSON or
                                              multipart with files        → {"id"}
    GET  /api/mail/{address}/raw/{id}         the mail's bytes, as text
    GET  /api/mail/{address}/file/{id}/{n}    its n-th file

A mail is {id, folder ("inbox" | "sent"), message_id, in_reply_to, references, subject,
from: {name, address}, to: [address], sent_at, text, html, files: [{name, media_type, size, url}]}.
`in_reply_to` names a mail by its id, "inbox-101". Threads are newest first, mails oldest first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web

from sandbox.mail import File, Mail, MailServer
from sandbox.page.requests import Body, handed_out, read_form

Placed = tuple[str, Mail]

_PREFIX = re.compile(r"^(?:\s*(?:re|fwd?)\s*:)+\s*", re.IGNORECASE)


class Mails:
    """What the page does with mail."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def add_routes(self, app: web.Application) -> None:
        mailbox = "/api/mail/{address}"
        app.router.add_get(mailbox, self._show)
        app.router.add_post(mailbox, self._write)
        app.router.add_get(f"{mailbox}/raw/{{id}}", self._raw)
        app.router.add_get(rf"{mailbox}/file/{{id}}/{{number:\d+}}", self._file)

    async def _show(self, request: web.Request) -> web.Response:
        address = self._address(request)
        threads = [
            {
                "subject": _PREFIX.sub("", mails[0][1].subject),
                "mails": [_shown(address, folder, mail) for folder, mail in mails],
            }
            for mails in _threads(self._everything(address))
        ]
        return web.json_response({"address": address, "threads": threads})

    async def _write(self, request: web.Request) -> web.Response:
        address, form = self._address(request), await read_form(request)
        to, answered = form.text("to").strip(), form.text("in_reply_to")
        target = self._find(address, answered) if answered else None
        if not self._server.knows(to):
            raise ValueError(f"there is no mailbox {to or '(nobody)'} here")
        files = tuple(File(one.name, one.content, one.media_type) for one in form.files)
        subject = " ".join(form.text("subject").split())
        await self._server.compose(
            address, to, subject, form.text("text"), files=files, in_reply_to=target
        )
        return web.json_response({"id": f"sent-{self._server.sent(address)[-1].uid}"})

    async def _raw(self, request: web.Request) -> web.Response:
        mail = self._find(self._address(request), request.match_info["id"])
        return web.Response(text=mail.raw.decode("utf-8", "replace"))

    async def _file(self, request: web.Request) -> web.Response:
        mail = self._find(self._address(request), request.match_info["id"])
        file = mail.files[int(request.match_info["number"])]
        return handed_out(file.name, file.content, file.media_type)

    def _address(self, request: web.Request) -> str:
        address = request.match_info["address"].casefold()
        if not self._server.knows(address):
            raise LookupError(f"mailbox {address}")
        return address

    def _everything(self, address: str) -> list[Placed]:
        """Both folders in the order of sending."""
        placed = [("inbox", mail) for mail in self._server.inbox(address)]
        placed += [("sent", mail) for mail in self._server.sent(address)]
        return sorted(placed, key=lambda each: (each[1].sent_at, each[1].arrived_at))

    def _find(self, address: str, mail_id: str) -> Mail:
        for folder, mail in self._everything(address):
            if _id(folder, mail) == mail_id:
                return mail
        raise LookupError(f"mail {mail_id}")


def _threads(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Mails that name each other, together; the thread with the newest mail first."""
    threads: list[tuple[set[str], list[Placed]]] = []
    for each in placed:
        ids = {one for one in each[1].thread if one}
        mine = [thread for thread in threads if thread[0] & ids]
        joined: tuple[set[str], list[Placed]] = (ids.union(*(one[0] for one in mine)), [])
        for one in mine:
            threads.remove(one)
            joined[1].extend(one[1])
        joined[1].append(each)
        threads.append(joined)
    return [mails for _, mails in reversed(threads)]


def _shown(address: str, folder: str, mail: Mail) -> Body:
    mail_id = _id(folder, mail)
    files = f"/api/mail/{quote(address)}/file/{mail_id}"
    return {
        "id": mail_id,
        "folder": folder,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "subject": mail.subject,
        "from": {"name": mail.sender_name, "address": mail.sender},
        "to": list(mail.recipients),
        "sent_at": mail.sent_at.isoformat(),
        "text": mail.text,
        "html": mail.html,
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "size": len(file.content),
                "url": f"{files}/{number}",
            }
            for number, file in enumerate(mail.files)
        ],
    }


def _id(folder: str, mail: Mail) -> str:
    return f"{folder}-{mail.uid}"
