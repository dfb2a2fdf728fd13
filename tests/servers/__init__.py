"""Real servers on loopback for tests and benchmarks, in one directory, ended by us alone.

    with MailServers() as servers:
        info = servers.dovecot.add_user("info@firm.test")
        servers.postfix.send("lena@client.test", info.address, b"Subject: Hi\\r\\n\\r\\nHi")
        servers.dovecot.messages(info.address)

    with Postgres() as postgres:
        postgres.create_database()  # postgresql+asyncpg://...

Each class raises ServerMissing, naming the missing program, when it cannot run here.
"""

from tests.servers.dovecot import Dovecot, Mailbox
from tests.servers.mail import MailServers
from tests.servers.postfix import Postfix
from tests.servers.postgres import Postgres
from tests.servers.process import ServerMissing
from tests.servers.smtp_faults import FaultySmtp

__all__ = [
    "Dovecot",
    "FaultySmtp",
    "MailServers",
    "Mailbox",
    "Postfix",
    "Postgres",
    "ServerMissing",
]
