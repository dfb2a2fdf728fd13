"""People and bots at their own accounts (Telegram Business): connecting them, taking rights away.

Both people of such a chat write in it with `owner`: see `How`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.telegram import business
from sandbox.telegram.acting import Acting, BotRef
from sandbox.telegram.world import Connection


class InAccounts(Acting):
    """Rights are named as in BusinessBotRights."""

    def connects(
        self, owner_id: int, bot: BotRef, rights: Iterable[str] | None = None
    ) -> Connection:
        """Connect the bot to the own account; without `rights`, with all of them."""
        return business.connect(self.world, self.world.bot(bot), owner_id, rights)

    def disconnects(self, owner_id: int) -> Connection:
        return business.disconnect(self.world, owner_id)

    def changes_rights(self, owner_id: int, rights: Iterable[str]) -> Connection:
        """Leave the bot these rights alone; the connection stays."""
        return business.change_rights(self.world, owner_id, rights)
