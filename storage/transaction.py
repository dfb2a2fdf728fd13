"""One database transaction: all subjects put together."""

from storage.channels import Channels
from storage.desk import DeskRows
from storage.messages import Messages
from storage.queue import QueueRows
from storage.waits import Waits


class SqlTransaction(Channels, Waits, Messages, DeskRows, QueueRows):
    """Implements inbox.ports.Transaction."""
