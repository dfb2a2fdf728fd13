"""A week's report by mail, to the addresses that the settings name; each is sent at most once."""

from __future__ import annotations

import logging
from functools import partial

from inbox.errors import (
    Fault,
    SendDeferred,
    SendFailed,
    SendRejected,
    SendUncertain,
    StoreUnavailable,
)
from inbox.inbox import Inbox
from inbox.messages import Attachment, Handle, LoadedFile, Media, OutboundMessage, Receipt
from inbox.outgoing import send_once
from inbox.ports import Claim, Connector
from inbox.queueing import pause, tell_admins
from inbox.report_delivery import TRIES, put_back, says_nothing, wish_of
from inbox.report_jobs import MailReport
from inbox.report_records import Slice
from inbox.reports_made import MadeReport

log = logging.getLogger(__name__)

MEDIA_TYPES = {
    "png": "image/png",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ORIGIN = "report"  # of the attachments: they are nowhere but in the mail


async def mail_report(inbox: Inbox, claim: Claim, job: MailReport) -> None:
    """Make it in the studio's language and send it.

    It counts as sent, on stable storage, before it goes out: one that is found so was interrupted
    and may have arrived. It is not repeated, and the administrators are told.
    """
    form = f"report:{claim.job_id}"
    async with inbox.store.begin() as t:
        begun = await t.form(form) is not None
    if begun:
        await _result(inbox, claim, job, SendUncertain(Fault.INTERRUPTED))
        return
    connector = inbox.connectors.get(inbox.alert_channel or "")
    if connector is None or job.address not in inbox.reports.mail_to:
        await _result(inbox, claim, job, SendRejected(Fault.UNSUPPORTED))
        return
    made = await _made(inbox, claim, job)
    if made is None:
        return
    message = _letter(connector, made, job)
    async with inbox.store.begin(durable=True) as t:
        await t.hold(claim)
        await t.save_form(form, "begun")
    result = await send_once(connector, message)
    inbox.meter.tried(connector.channel.id, result)
    await _result(inbox, claim, job, result)


async def _made(inbox: Inbox, claim: Claim, job: MailReport) -> MadeReport | None:
    """None where there is nothing to send, or it cannot be made now."""
    if claim.attempts > TRIES:
        await _result(inbox, claim, job, SendRejected(Fault.INTERRUPTED))
        return None
    try:
        made = await inbox.desk.make_report(wish_of(inbox, job, Slice()), inbox.reports.language)
    except StoreUnavailable as error:
        if await put_back(inbox, claim, error):
            return None
        raise
    if says_nothing(made.report):
        async with inbox.store.begin() as t:
            await t.finish(claim)
        return None
    return made


def _letter(connector: Connector, made: MadeReport, job: MailReport) -> OutboundMessage:
    key = f"report:{job.first}:{job.address}"
    return OutboundMessage(
        key=key,
        external_id=connector.external_id(key),
        channel_id=connector.channel.id,
        recipient=Handle("email", job.address),
        author="",
        text=made.text,
        entities=(),
        files=tuple(_file(one.file_name, one.content) for one in made.parts if one.content),
        subject=made.title,
        answering=None,
        written_at=made.wish.asked_at,
        automatic="auto-generated",
    )


def _file(name: str, content: bytes) -> LoadedFile:
    end = name.rpartition(".")[2]
    media = Media.PHOTO if end == "png" else Media.DOCUMENT
    return LoadedFile(
        Attachment(media, name, MEDIA_TYPES.get(end, ""), len(content), ORIGIN, name), content
    )


async def _result(
    inbox: Inbox, claim: Claim, job: MailReport, result: Receipt | SendFailed
) -> None:
    async with inbox.store.begin(durable=True) as t:
        if isinstance(result, Receipt):
            t.after_commit(partial(inbox.meter.reported, "mailed"))
        await t.save_form(f"report:{claim.job_id}", None)
        if isinstance(result, SendDeferred):
            await t.retry(claim, after=pause(result, claim.attempts), counted=False)
            return
        if isinstance(result, SendFailed):
            log.warning("report not surely mailed to %s: %s", job.address, result)
            fields = {"address": job.address, "reason": str(result)}
            await tell_admins(
                t, "report_not_mailed", fields, key=f"report not mailed:{claim.job_id}"
            )
        await t.finish(claim)
