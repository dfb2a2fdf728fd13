"""One database transaction: all subjects put together."""

from storage.channels import Channels
from storage.desk import DeskRows
from storage.messages import Messages
from storage.queue import QueueRows
from storage.raws import RawRows
from storage.sorting import SortingRows
from storage.waits import Waits


class SqlTransaction(Channels, Waits, Messages, DeskRows, RawRows, SortingRows, QueueRows):
    """Implements inbox.ports.Transaction."""
