"""The real mail servers do what the other tests trust them to do, faults included."""

import contextlib
import imaplib
import smtplib
import ssl
import threading

import pytest

from tests.servers import Dovecot, MailServers, Postfix
from tests.servers.process import is_alive

pytestmark = pytest.mark.real


@contextlib.contextmanager
def logged_in(dovecot: Dovecot, address: str, password: str):
    trust = ssl.create_default_context(cafile=str(dovecot.certificates.ca))
    imap = imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=trust, timeout=10)
    try:
        imap.login(address, password)
        yield imap
    finally:
        imap.shutdown()


def test_mail_sent_by_smtp_is_read_by_imap_over_verified_tls(mail_servers: MailServers):
    box = mail_servers.dovecot.add_user()
    mail_servers.postfix.send("lena@client.test", box.address, b"Subject: Prices\r\n\r\nHi\r\n")
    mail_servers.dovecot.wait_for_messages(box.address, 1)
    with logged_in(mail_servers.dovecot, box.address, box.password) as imap:
        imap.select("INBOX")
        _, found = imap.fetch("1", "(BODY.PEEK[])")
    assert b"Subject: Prices" in found[0][1]


def test_the_sent_folder_is_announced_as_special_use(dovecot: Dovecot):
    box = dovecot.add_user()
    with logged_in(dovecot, box.address, box.password) as imap:
        _, folders = imap.list()
    assert any(b"\\Sent" in folder and folder.endswith(b" Sent") for folder in folders)


def test_submission_needs_tls_and_a_login(mail_servers: MailServers):
    box = mail_servers.dovecot.add_user()
    trust = ssl.create_default_context(cafile=str(mail_servers.ca))
    with smtplib.SMTP("localhost", mail_servers.postfix.submission_port, timeout=10) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail(box.address, ["lena@client.test"], b"x")
        smtp.starttls(context=trust)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(box.address, "wrong")
        smtp.login(box.address, box.password)
        smtp.sendmail(box.address, [box.address], b"Subject: Mine\r\n\r\nx")
    assert mail_servers.dovecot.wait_for_messages(box.address, 1)


@pytest.mark.parametrize(("local", "code"), [("nobody", 550), ("later", 451)])
def test_postfix_refuses_for_good_and_for_now(postfix: Postfix, local: str, code: int):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        postfix.send("lena@client.test", f"{local}@firm.test", b"x")
    assert refused.value.recipients[f"{local}@firm.test"][0] == code


def test_a_killed_dovecot_comes_back_on_its_ports_with_its_mail(dovecot: Dovecot):
    box = dovecot.add_user()
    dovecot.deliver(box.address, b"Subject: one\r\n\r\n1\r\n")
    dovecot.deliver_lmtp(box.address, b"Subject: two\r\n\r\n2\r\n")
    dovecot.kill()
    with pytest.raises(ConnectionRefusedError):
        imaplib.IMAP4("127.0.0.1", dovecot.imap_port, timeout=1)
    dovecot.start()
    with logged_in(dovecot, box.address, box.password) as imap:
        assert imap.select("INBOX") == ("OK", [b"2"])
    assert [b"Subject: one" in m for m in dovecot.messages(box.address)] == [True, False]


def test_mail_for_a_dovecot_that_is_down_arrives_later(mail_servers: MailServers):
    box = mail_servers.dovecot.add_user()
    mail_servers.dovecot.kill()
    mail_servers.postfix.send("lena@client.test", box.address, b"Subject: x\r\n\r\nx\r\n")
    mail_servers.dovecot.start()
    assert len(mail_servers.dovecot.wait_for_messages(box.address, 1)) == 1


def test_a_paused_dovecot_accepts_and_says_nothing(dovecot: Dovecot):
    box = dovecot.add_user()
    dovecot.pause()
    try:
        with pytest.raises(TimeoutError):
            imaplib.IMAP4("127.0.0.1", dovecot.imap_port, timeout=0.3)
    finally:
        dovecot.resume()
    with logged_in(dovecot, box.address, box.password) as imap:
        assert imap.noop()[0] == "OK"


def test_one_users_connections_are_killed_and_no_other(dovecot: Dovecot):
    mine, other = dovecot.add_user(), dovecot.add_user()
    with (
        logged_in(dovecot, mine.address, mine.password) as cut,
        logged_in(dovecot, other.address, other.password) as kept,
    ):
        assert dovecot.kill_connections(mine.address) == 1
        with pytest.raises(imaplib.IMAP4.abort):
            cut.noop()
        assert kept.noop()[0] == "OK"


def test_a_changed_password_is_needed_at_once(dovecot: Dovecot):
    box = dovecot.add_user()
    dovecot.set_password(box.address, "other")
    with pytest.raises(imaplib.IMAP4.error), logged_in(dovecot, box.address, box.password):
        pass
    with logged_in(dovecot, box.address, "other") as imap:
        assert imap.noop()[0] == "OK"


def test_idle_pushes_at_once_when_hibernating():
    with Dovecot(hibernate=True) as server:
        box = server.add_user()
        with logged_in(server, box.address, box.password) as imap:
            imap.select("INBOX")
            imap.send(b"a IDLE\r\n")
            assert imap.readline().startswith(b"+")
            threading.Timer(1.5, server.deliver, (box.address, b"Subject: x\r\n\r\nx")).start()
            assert imap.readline() == b"* 1 EXISTS\r\n"


def test_nothing_is_left_running():
    with Dovecot() as server:
        box = server.add_user()
        with logged_in(server, box.address, box.password):
            pass
        family = server.child.family()
        assert len(family) > 1
    assert not [process for process in family if is_alive(process)]
