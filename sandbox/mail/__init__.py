"""A mail server on loopback: SMTP with a login in, IMAP with IDLE out, mailboxes in memory."""

from sandbox.mail.message import File, Mail
from sandbox.mail.server import MailServer, User

__all__ = ["File", "Mail", "MailServer", "User"]
