"""Dovecot on loopback: IMAP with and without TLS, LMTP, SASL for Postfix, readable maildirs."""

import contextlib
import grp
import os
import secrets
import signal
import smtplib
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.process import (
    LOOPBACK,
    Account,
    Child,
    Server,
    ServerMissing,
    free_port,
    program,
    server_folder,
)

CONFIG = """
protocols = imap lmtp
base_dir = {run}
state_dir = {run}
log_path = {folder}/dovecot.log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 1024M
first_valid_uid = 1
first_valid_gid = 1

ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
auth_failure_delay = 0
auth_verbose = yes
verbose_proctitle = yes
mail_max_userip_connections = 200
mail_fsync = {fsync}
mail_location = maildir:~/Maildir
{hibernate}

{oauth}
passdb {{
  driver = passwd-file
  args = scheme=plain {users}/%u
}}
userdb {{
  driver = passwd-file
  args = {users}/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = create
  }}
}}

service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  client_limit = 1000
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 1000
  unix_listener imap-master {{
    mode = 0600
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl_port}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@firm.test
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """An account: the user name is the address."""

    address: str
    password: str
    maildir: Path


class Dovecot(Server):
    """IMAP, IMAP over TLS and LMTP on ports that stay the same over restarts.

    `hibernate` lets IDLE push after 17 ms rather than Dovecot's compiled-in 500 ms; benchmarks
    say so beside their figures. `durable` turns fsync on. `introspection`: an URL (RFC 7662) that
    knows access tokens, for logins by XOAUTH2 and OAUTHBEARER.

    Raises:
        ServerMissing: Dovecot 2.3 or openssl is not installed.
    """

    host = LOOPBACK

    def __init__(
        self,
        folder: Path | None = None,
        *,
        hibernate: bool = False,
        durable: bool = False,
        introspection: str = "",
        certificates: Certificates | None = None,
    ) -> None:
        binary = program("dovecot", package="dovecot-imapd dovecot-lmtpd")
        _require_2_3(binary)
        self._own_folder = folder is None
        self.folder = server_folder(folder)
        self.certificates = certificates or make_certificates(self.folder / "tls")
        self.imap_port, self.imaps_port = free_port(), free_port()
        self.lmtp_port, self.sasl_port = free_port(), free_port()
        self._account = Account.unprivileged()
        self._users = self._account.folder(self.folder / "users")
        self._mail = self._account.folder(self.folder / "mail")
        self._number = 0
        config = self.folder / "dovecot.conf"
        config.write_text(
            self._config(hibernate=hibernate, durable=durable, introspection=introspection)
        )
        log = self.folder / "dovecot.log"
        log.touch()
        self._account.own(log)
        ports = (self.imap_port, self.imaps_port, self.lmtp_port, self.sasl_port)
        command = [binary, "-F", "-c", str(config)]
        self.child = Child("dovecot", command, log, ports, self._account)

    def _oauth(self, introspection: str) -> str:
        """Access tokens are shown to `introspection`, which tells whose they are."""
        rules = self.folder / "dovecot-oauth2.conf"
        rules.write_text(
            f"introspection_mode = auth\nintrospection_url = {introspection}\n"
            "username_attribute = email\nactive_attribute = active\nactive_value = true\n"
        )
        return (
            "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n"
            f"  args = {rules}\n}}"
        )

    def _config(self, *, hibernate: bool, durable: bool, introspection: str) -> str:
        return CONFIG.format(
            run=self._account.folder(self.folder / "run"),
            folder=self.folder,
            user=self._account.name,
            group=grp.getgrgid(self._account.gid).gr_name,
            certificate=self.certificates.certificate,
            key=self.certificates.key,
            users=self._users,
            fsync="always" if durable else "never",
            mechanisms=" xoauth2 oauthbearer" if introspection else "",
            oauth=self._oauth(introspection) if introspection else "",
            hibernate="imap_hibernate_timeout = 1s" if hibernate else "",
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
            sasl_port=self.sasl_port,
        )

    def add_user(self, address: str | None = None, password: str | None = None) -> Mailbox:
        """A new empty account; a fresh address when none is given."""
        if address is None:
            self._number += 1
            address = f"user{self._number}@firm.test"
        password = password or secrets.token_hex(6)
        home = self._account.folder(self._mail / address)
        for name in ("", "tmp", "new", "cur"):
            self._account.folder(home / "Maildir" / name)
        self.set_password(address, password)
        return Mailbox(address, password, home / "Maildir")

    def set_password(self, address: str, password: str) -> None:
        """Change the password: the next login needs the new one."""
        record = self._users / f".{address}.new"
        ids = f"{self._account.uid}:{self._account.gid}"
        record.write_text(f"{address}:{{PLAIN}}{password}:{ids}::{self._mail / address}::\n")
        self._account.own(record)
        record.replace(self._users / address)

    def remove_user(self, address: str) -> None:
        """Unknown to IMAP and LMTP from now on; the mail stays on disk."""
        (self._users / address).unlink()

    def deliver(self, address: str, message: bytes, folder: str = "INBOX") -> None:
        """Put any bytes straight into the maildir, past every check of a mail server."""
        box = self._maildir(address, folder)
        seconds, micros = divmod(time.time_ns() // 1000, 1_000_000)
        name = f"{seconds}.M{micros:06d}P{os.getpid()}Q{secrets.token_hex(4)}.test"
        waiting = box / "tmp" / name
        waiting.write_bytes(message)
        self._account.own(waiting)
        waiting.rename(box / "new" / name)

    def deliver_lmtp(self, address: str, message: bytes, sender: str = "x@client.test") -> None:
        """Deliver by LMTP (RFC 2033), as Postfix does.

        Raises:
            smtplib.SMTPException: Dovecot refused.
        """
        with smtplib.LMTP(LOOPBACK, self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [address], message)

    def messages(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Raw messages, oldest delivery first, from disk: also while the server is down."""
        box = self._maildir(address, folder)
        files = [*(box / "new").glob("*"), *(box / "cur").glob("*")]
        return [file.read_bytes() for file in sorted(files, key=_delivered)]

    def wait_for_messages(
        self, address: str, count: int, folder: str = "INBOX", seconds: float = 20
    ) -> list[bytes]:
        """Block until the folder holds `count` messages; call it in a thread from a coroutine.

        Raises:
            TimeoutError: fewer arrived; the text says how many.
        """
        deadline = time.monotonic() + seconds
        while len(found := self.messages(address, folder)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {count} messages in {address}/{folder}")
            time.sleep(0.02)
        return found

    def kill_connections(self, address: str) -> int:
        """SIGKILL this user's imap processes alone; returns how many there were."""
        killed = 0
        for process in psutil.Process(self.child.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.name() == "imap" and address in " ".join(process.cmdline()):
                    process.send_signal(signal.SIGKILL)
                    killed += 1
        return killed

    def _maildir(self, address: str, folder: str) -> Path:
        root = self._mail / address / "Maildir"
        return root if folder == "INBOX" else root / ("." + folder.replace("/", "."))


def _delivered(file: Path) -> tuple[int, int]:
    seconds, micros = file.name.split("P", 1)[0].split(".M")
    return int(seconds), int(micros)


def _require_2_3(binary: str) -> None:
    done = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    if not done.stdout.startswith("2.3."):
        raise ServerMissing(f"Dovecot 2.3 is needed, here is {done.stdout.strip()}")
