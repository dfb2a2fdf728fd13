"""Own accounts of members, connected to the bot: whose they are, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from inbox import routing
from inbox.jobs import TellMember
from inbox.model import Account, Connected, Handle, Manager
from inbox.ports import Deed, Entry, Transaction
from inbox.queueing import tell_admins

KIND = "telegram_business"  # of a place; its address is "OWNER:CLIENT", both Telegram ids
STRANGERS = "the account's owner is no member"
AMONG_US = "a chat between members"


def member_with(staff: Sequence[Manager], telegram_id: str) -> Manager | None:
    """The active person with this Telegram id."""
    return next(
        (one for one in routing.people(staff) if str(one.telegram_id) == telegram_id), None
    )


def owner_of(place: Handle | None, staff: Sequence[Manager]) -> Manager | None:
    """The member in whose own account the place is; None of any other place, and of a stranger's
    account."""
    if place is None or place.kind != KIND:
        return None
    return member_with(staff, place.address.partition(":")[0])


async def not_of_a_client(t: Transaction, place: Handle, staff: Sequence[Manager]) -> str:
    """Why what is written in the own account is no client's matter; "" where it is one's.

    Administrators are told of a stranger's account, once.
    """
    owner_id, _, other_id = place.address.partition(":")
    if member_with(staff, owner_id) is None:
        left = next((one.name for one in staff if str(one.telegram_id) == owner_id), "")
        await _tell_of_stranger(t, int(owner_id), left)
        return STRANGERS
    return AMONG_US if member_with(staff, other_id) is not None else ""


async def _tell_of_stranger(t: Transaction, owner_id: int, name: str) -> None:
    """Once, however often the stranger connects anew."""
    fields = {"name": name, "id": str(owner_id)}
    await tell_admins(t, "account_stranger", fields, key=f"account_stranger:{owner_id}")


async def connected(t: Transaction, event: Connected) -> None:
    """Keep the account as it is now; its owner hears what it means, and where its messages no
    longer come in the administrators do as well."""
    account = event.account
    before = await t.account(account.owner_id)
    if before is not None and before.at > account.at:
        return
    await t.keep_account(account)
    staff = await t.staff()
    owner = member_with(staff, str(account.owner_id))
    if owner is None:
        if account.enabled:
            await _tell_of_stranger(t, account.owner_id, event.name)
        return
    notice = _news(before, account)
    if notice:
        await _tell_owner(t, owner, account, notice, staff)


def _news(before: Account | None, now: Account) -> str:
    """What has changed, as the name of a notice; "" where nothing has."""
    was_on = before is not None and before.enabled
    if not now.enabled:
        return "account_disconnected" if was_on else ""
    if not now.can_reply:
        could = before is None or before.can_reply or not was_on
        return "account_no_reply" if could else ""
    same = before is not None and was_on and before.can_reply
    return "" if same else "account_connected"


async def _tell_owner(
    t: Transaction, owner: Manager, account: Account, notice: str, staff: Sequence[Manager]
) -> None:
    fields = {"name": owner.name}
    key = f"{notice}:{account.owner_id}:{account.connection_id}:{account.at}"
    admins = {one.id for one in routing.admins(staff)}
    if notice == "account_disconnected":
        await tell_admins(t, notice, fields, key=key)
    if notice != "account_disconnected" or owner.id not in admins:
        await t.put(
            TellMember(owner.id, notice, fields),
            key=f"tell:{key}:{owner.id}",
            lane=f"manager:{owner.id}",
        )
    what = notice.removeprefix("account_")
    await t.log([Entry(account.at, Deed.CONNECTED, owner.id, manager_id=owner.id, after=what)])
