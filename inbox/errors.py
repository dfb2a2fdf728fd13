"""Everything that may go wrong by name.

OknoError
├── SendFailed                a message did not surely reach its recipient
│   ├── SendRejected          refused for good: tell the manager
│   ├── SendDeferred          not now: try again, at the earliest after `retry_after`
│   └── SendUncertain         may have gone out: tell the manager, never resend alone
├── Unreadable                bytes from a channel that cannot be understood: quarantine
├── FileUnavailable           a file's bytes cannot be had
├── ChannelPaused             a channel needs a person: wrong password, revoked token
├── BadPromise                no answer can be promised for this instant
├── BadAbsence                nobody can be away so
├── NoWorkingTime             a calendar without an open hour ahead
├── StoreUnavailable          the database cannot be used now: disk full, locked, connection lost
├── StoreRefused              a row contradicts another: it must be unique, or something is missing
└── NoSuchRow                 what an id names is not in the database
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Fault(StrEnum):
    """Why something failed, as a word the desk can translate."""

    BLOCKED = "blocked"
    NEVER_WROTE = "never_wrote"
    NO_SUCH_ADDRESS = "no_such_address"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    LOGIN_FAILED = "login_failed"
    CONSENT_NEEDED = "consent_needed"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    NO_ANSWER = "no_answer"
    INTERRUPTED = "interrupted"
    EXPIRED = "expired"
    CONFLICT = "conflict"
    MALFORMED = "malformed"
    TOO_LATE = "too_late"
    BOUNCED = "bounced"
    NO_RIGHTS = "no_rights"
    MOVED = "moved"


class OknoError(Exception):
    """The root: nothing of ours is raised outside this tree."""


class _Explained(OknoError):
    """`fault` is translated for people; `detail` is the other side's own words, as they came."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


class SendFailed(_Explained):
    """A message did not surely reach its recipient."""


class SendRejected(SendFailed):
    """Refused for good; sending the same again would be refused again."""


class SendDeferred(SendFailed):
    """Not now. `retry_after` is the least wait the other side asked for, where it asked."""

    def __init__(
        self, fault: Fault, detail: str = "", *, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(fault, detail)
        self.retry_after = retry_after


class SendUncertain(SendFailed):
    """The request went out and no answer came: the recipient may have it."""


class Unreadable(_Explained):
    """Bytes from a channel that cannot be understood, now; they are kept for a later version."""


class FileUnavailable(_Explained):
    """A file's bytes cannot be had: too large for the channel, expired, or gone."""


class ChannelPaused(_Explained):
    """A channel cannot go on without a person: wrong password, revoked token, foreign reader."""


class NoWorkingTime(OknoError):
    """A calendar has no open hour within the bounded search ahead."""


class BadPromise(OknoError):
    """No answer can be promised for this instant.

    `reason` is a word: past, too_far (more than a year ahead), closed (by the calendar).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadAbsence(OknoError):
    """Nobody can be away so.

    `reason` is a word: order (it ends before it begins), past (it is over), too_far (it begins
    more than a year ahead or lasts longer), overlaps (another absence), deputy_self, deputy_gone
    (who stands in left the studio), deputy_chat (is no person), nobody (who is to be away left,
    or is no person).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreUnavailable(OknoError):
    """The database cannot be used now.

    `reason` is a word: disk_full, disk_error, damaged, locked, read_only, connection_lost,
    unreachable, refused, overloaded, in_use (another process runs on it), newer (written by a
    later version), url, driver. `detail` says more, without a secret.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class StoreRefused(OknoError):
    """A row contradicts another: it must be unique, or what it refers to is missing."""


class NoSuchRow(OknoError):
    """What an id names is not in the database."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"there is no {what} {key}")
        self.what = what
        self.key = key
