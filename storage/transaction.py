"""One database transaction: all subjects put together."""

from storage.alerts import AlertRows
from storage.audit import AuditRows
from storage.boards import BoardRows
from storage.channels import Channels
from storage.chats import ChatRows
from storage.client_card import ClientCardRows
from storage.client_files import ClientFileRows
from storage.client_history import ClientHistoryRows
from storage.client_lists import ClientListRows
from storage.desk import DeskRows
from storage.finding import Finding
from storage.joining import JoiningRows
from storage.live import LiveRows
from storage.messages import Messages
from storage.notes_and_lists import NoteAndListRows
from storage.queue import QueueRows
from storage.raws import RawRows
from storage.report_messages import ReportMessages
from storage.report_waits import ReportWaits
from storage.search import SearchRows
from storage.sorting import SortingRows
from storage.tasks import TaskRows
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
    NoteAndListRows,
    TaskRows,
    ClientCardRows,
    ClientHistoryRows,
    ClientFileRows,
    ClientListRows,
    SearchRows,
    ReportWaits,
    ReportMessages,
    LiveRows,
    BoardRows,
    QueueRows,
):
    """Implements inbox.ports.Transaction."""
