"""Postfix on loopback with a private configuration; it delivers all mail to Dovecot by LMTP."""

import os
import shutil
import smtplib
import subprocess
from pathlib import Path

from tests.servers.dovecot import Dovecot
from tests.servers.process import (
    LOOPBACK,
    Child,
    Server,
    ServerMissing,
    free_port,
    program,
    server_folder,
)

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.firm.test
mydestination =
alias_maps =
alias_database =
biff = no
disable_dns_lookups = yes
default_transport = lmtp:inet:127.0.0.1:{lmtp_port}
local_transport = $default_transport
virtual_transport = $default_transport
relay_transport = $default_transport
message_size_limit = 52428800
mailbox_size_limit = 0
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
default_destination_concurrency_failed_cohort_limit = 1000
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl_port}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/recipients
"""

# "nobody@..." and "later@..." are refused at RCPT, for good and for now.
RECIPIENTS = """
/^nobody@/ 550 5.1.1 No such user here
/^later@/ 451 4.2.0 Mailbox busy, try again later
"""

MASTER = """
127.0.0.1:{smtp_port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_tls_auth_only=yes
127.0.0.1:{submissions_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Server):
    """SMTP without login, submission (STARTTLS and login needed), submission over TLS.

    Logins are Dovecot's users. Nothing leaves the machine: all mail goes to Dovecot, which bounces
    unknown addresses.

    Raises:
        ServerMissing: Postfix is not installed, or we are not root (its master must be).
    """

    host = LOOPBACK

    def __init__(self, dovecot: Dovecot, folder: Path | None = None) -> None:
        self.require()
        self._own_folder = folder is None
        self.folder = server_folder(folder)
        self.certificates = dovecot.certificates
        self.smtp_port, self.submission_port = free_port(), free_port()
        self.submissions_port = free_port()
        config = self.folder / "etc"
        self._write_config(config, dovecot)
        ports = (self.smtp_port, self.submission_port, self.submissions_port)
        command = [f"{_daemons()}/master", "-c", str(config), "-s"]
        log = self.folder / "postfix.log"
        log.touch()
        self.child = Child("postfix", command, log, ports)

    @staticmethod
    def require() -> None:
        """Raise ServerMissing where Postfix cannot run, before anything is made."""
        program("postfix", package="postfix")
        if os.geteuid() != 0:
            raise ServerMissing("Postfix runs as root only, and we are not root")

    def _write_config(self, config: Path, dovecot: Dovecot) -> None:
        config.mkdir(exist_ok=True)
        for name in ("spool", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.chown(self.folder / "data", "postfix")
        (self.folder / "recipients").write_text(RECIPIENTS)
        main = MAIN.format(
            folder=self.folder,
            lmtp_port=dovecot.lmtp_port,
            sasl_port=dovecot.sasl_port,
            key=self.certificates.key,
            certificate=self.certificates.certificate,
        )
        master = MASTER.format(
            smtp_port=self.smtp_port,
            submission_port=self.submission_port,
            submissions_port=self.submissions_port,
        )
        for name, text in (("main.cf", main), ("master.cf", master)):
            (config / name).write_text(text)
            # Postfix waits for two seconds over a file that has just been written.
            os.utime(config / name, (0, 0))
        postfix = program("postfix", package="postfix")
        subprocess.run([postfix, "-c", config, "check"], check=True, capture_output=True)

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Send by plain SMTP, as a client's own mail server would.

        Raises:
            smtplib.SMTPException: Postfix refused.
        """
        with smtplib.SMTP(LOOPBACK, self.smtp_port) as smtp:
            smtp.sendmail(sender, [recipient], message)


def _daemons() -> str:
    postconf = program("postconf", package="postfix")
    asked = [postconf, "-d", "-h", "daemon_directory"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
