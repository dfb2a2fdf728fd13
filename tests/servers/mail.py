"""Dovecot and Postfix together: mail in by SMTP, out by IMAP, under one certificate."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.certificates import make_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.process import server_folder


class MailServers:
    """`dovecot` and `postfix`, started on entering and ended on leaving.

    Raises:
        ServerMissing: one of them cannot run here.
    """

    def __init__(
        self, folder: Path | None = None, *, hibernate: bool = False, durable: bool = False
    ) -> None:
        Postfix.require()
        self._own_folder = folder is None
        self.folder = server_folder(folder)
        certificates = make_certificates(self.folder / "tls")
        self.ca = certificates.ca
        self.dovecot = Dovecot(
            self.folder / "dovecot",
            hibernate=hibernate,
            durable=durable,
            certificates=certificates,
        )
        self.postfix = Postfix(self.dovecot, self.folder / "postfix")

    def __enter__(self) -> Self:
        try:
            self.dovecot.start()
            self.postfix.start()
        except BaseException:
            self._end()
            raise
        return self

    def ensure_running(self) -> None:
        """Start again what a test has killed; wake what it left paused."""
        self.dovecot.ensure_running()
        self.postfix.ensure_running()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        self.postfix.kill()
        self.dovecot.kill()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
