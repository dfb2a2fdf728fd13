"""Whose words a colleague's mail passes on."""

from __future__ import annotations

import pytest

from connectors.email.forwarded import original_sender
from connectors.email.mime import scan

OWN = frozenset({"anna@studio.test", "info@studio.test"})


def mail(body: str, subject: str = "Fwd: Макет", head: str = "") -> bytes:
    return (
        f"From: Anna <anna@studio.test>\nTo: info@studio.test\nSubject: {subject}\n{head}"
        f"Message-ID: <1@studio.test>\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    ).encode()


def found(body: str, subject: str = "Fwd: Макет", head: str = "") -> tuple[str, str] | None:
    return original_sender(scan(mail(body, subject, head)), body, subject, OWN)


@pytest.mark.parametrize(
    "body",
    [
        (
            "Глянь\n\n---------- Forwarded message ---------\n"
            "От: Ольга Петрова <Olga@romashka.test>\nDate: вт, 24 нояб. 2026\n"
            "Subject: Макет\nTo: Anna <anna@studio.test>\n\nГде макет?"
        ),
        (
            "-------- Пересылаемое сообщение --------\nТема: Макет\nДата: 24.11.2026\n"
            "От: Ольга Петрова <olga@romashka.test>\nКому: anna@studio.test\n\nГде макет?"
        ),
        (
            "FYI\n\nFrom: Ольга Петрова [mailto:olga@romashka.test]\nSent: Tuesday\nTo: Anna\n"
            "Subject: Макет\n\nГде макет?"
        ),
        (
            "> Начало переадресованного сообщения:\n>\n"
            '> От: "Ольга Петрова" <olga@romashka.test>\n'
            "> Тема: Макет\n>\n> Где макет?"
        ),
        "*От:* Ольга Петрова <olga@romashka.test>\n*Отправлено:* 24 ноября\n\nГде макет?",
    ],
)
def test_the_writer_is_read_from_the_block(body: str) -> None:
    assert found(body) == ("Ольга Петрова", "olga@romashka.test")


def test_a_heading_is_enough_whatever_the_subject() -> None:
    body = "---------- Forwarded message ---------\nFrom: <o@x.test>\n\nА?"
    assert found(body, subject="Макет") == ("", "o@x.test")


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        ("Ответ\n\nОт: Ольга <olga@romashka.test>\nОтправлено: вчера", "Re: Макет"),
        ("Без блока, пишите на olga@romashka.test", "Fwd: Макет"),
        ("From: Anna <anna@studio.test>\nSent: x", "Fwd: Макет"),
        ("From: Moscow\nTo: Tver", "Fwd: Путь"),
    ],
)
def test_nothing_else_is_a_forward(body: str, subject: str) -> None:
    assert found(body, subject) is None


def attached(subject: str, head: str = "") -> bytes:
    return (
        f"From: anna@studio.test\nSubject: {subject}\nMessage-ID: <1@studio.test>\n{head}"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nLook\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: Olga <olga@romashka.test>\n"
        "Subject: Inner\nMessage-ID: <2@x.test>\n\nWhere?\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("subject", "head", "expected"),
    [
        ("Look at this", "", ("Olga", "olga@romashka.test")),
        ("Fwd: Inner", "In-Reply-To: <2@x.test>\n", ("Olga", "olga@romashka.test")),
        ("Re: Inner", "In-Reply-To: <2@x.test>\n", None),
    ],
)
def test_an_attached_mail_is_the_sure_source(
    subject: str, head: str, expected: tuple[str, str] | None
) -> None:
    assert original_sender(scan(attached(subject, head)), "Look", subject, OWN) == expected
