"""One database transaction: all subjects put together."""

from storage.alerts import AlertRows
from storage.audit import AuditRows
from storage.channels import Channels
from storage.chats import ChatRows
from storage.desk import DeskRows
from storage.finding import Finding
from storage.joining import JoiningRows
from storage.messages import Messages
from storage.queue import QueueRows
from storage.raws import RawRows
from storage.sorting import SortingRows
from storage.timing import TimingRows
from storage.topics import TopicRows


class SqlTransaction(
    Channels,
    Messages,
    TimingRows,
    Finding,
    AlertRows,
    AuditRows,
    DeskRows,
    RawRows,
    SortingRows,
    ChatRows,
    JoiningRows,
    TopicRows,
    QueueRows,
):
    """Implements inbox.ports.Transaction."""
