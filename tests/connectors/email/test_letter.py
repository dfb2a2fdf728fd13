"""What stands in a reply's mail: signature, photos in the text, the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.email.compose import compose
from connectors.email.config import MailboxSettings, ServerSettings
from connectors.email.parse import parse_mail
from inbox.model import Attachment, InboundMessage, LoadedFile, Media
from tests.connectors.email.writing import WRITTEN, answer, loaded, plain, question, read

SERVER = ServerSettings(host="localhost", security="none", user="u", password="p")
SIGNATURE = "С уважением,\n{name}\nTelegram: {telegram_link}"
JPEG = b"\xff\xd8\xff\xe0 a photo"


def settings(**more: Any) -> MailboxSettings:
    return MailboxSettings(address="info@studio.test", imap=SERVER, smtp=SERVER, **more)


def page(payload: bytes) -> str:
    part = read(payload).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def photo(content: bytes = JPEG, kind: str = "image/jpeg") -> LoadedFile:
    return LoadedFile(Attachment(Media.PHOTO, "", kind, len(content), "bot:1", "r"), content)


class TestSignature:
    def test_it_stands_between_reply_and_quote(self) -> None:
        box = settings(signature=SIGNATURE, telegram_link="https://t.me/studio_bot")
        text = plain(compose(answer(), box).payload)
        assert text.startswith(
            "Завтра к обеду.\n\n-- \nС уважением,\nАнна\nTelegram: https://t.me/studio_bot\n\nчт, "
        )
        link = '<a href="https://t.me/studio_bot">https://t.me/studio_bot</a>'
        assert link in page(compose(answer(), box).payload)

    def test_a_line_without_its_link_is_left_out(self) -> None:
        text = plain(compose(answer(answering=None), settings(signature=SIGNATURE)).payload)
        assert text == "Завтра к обеду.\n\n-- \nС уважением,\nАнна\n"

    def test_the_recipients_own_link_goes_before_everybodys(self) -> None:
        box = settings(signature=SIGNATURE, telegram_link="https://t.me/studio_bot")
        own = "https://t.me/studio_bot?start=link_secret"
        alone = answer(telegram_link=own, only_sender=True)
        assert f"Telegram: {own}\n" in plain(compose(alone, box).payload)
        without = settings(signature=SIGNATURE)
        assert f"Telegram: {own}\n" in plain(compose(alone, without).payload)

    def test_who_gets_a_copy_does_not_get_the_recipients_own_link(self) -> None:
        box = settings(signature=SIGNATURE, telegram_link="https://t.me/studio_bot")
        own = "https://t.me/studio_bot?start=link_secret"
        asked = question(context={"cc": ["boss@client.test"]})
        reply = answer(telegram_link=own, answering=asked)
        assert compose(reply, box).recipients == ("lena@client.test", "boss@client.test")
        assert "link_secret" not in plain(compose(reply, box).payload)
        assert "Telegram: https://t.me/studio_bot\n" in plain(compose(reply, box).payload)

    def test_english_replies_have_the_english_one_where_there_is_one(self) -> None:
        box = settings(signature="С уважением, {name}", signature_en="Kind regards, {name}")
        reply = answer("Tomorrow.", answering=None, author="Anna")
        assert plain(compose(reply, box).payload).endswith("-- \nKind regards, Anna\n")
        one = settings(signature="С уважением, {name}")
        assert plain(compose(reply, one).payload).endswith("-- \nС уважением, Anna\n")

    def test_names_are_words_and_not_markup_or_places(self) -> None:
        reply = answer(answering=None, author="<b>{telegram_link}</b>\nBcc: x")
        sent = compose(reply, settings(signature="{name}")).payload
        assert "-- \n<b>{telegram_link}</b> Bcc: x\n" in plain(sent)
        assert "&lt;b&gt;" in page(sent)

    @pytest.mark.parametrize("wrong", ["{nam}", "{}", "{name.__class__}", "a\0b"])
    def test_a_place_that_is_not_known_is_refused(self, wrong: str) -> None:
        with pytest.raises(ValidationError):
            settings(signature=wrong)

    def test_it_is_folded_when_the_client_quotes_us(self) -> None:
        ours = plain(compose(answer(answering=None), settings(signature="Анна")).payload)
        quoted = "\n".join(f"> {line}" for line in ours.splitlines())
        intro = "чт, 15 янв. 2026 г. в 12:40, Анна <info@studio.test>:"
        back = f"From: lena@client.test\n\nСпасибо!\n\n{intro}\n{quoted}".encode()
        told = parse_mail(
            back, channel_id="c", own_addresses=frozenset(), received_at=WRITTEN, note={}
        )
        assert isinstance(told, InboundMessage)
        assert told.text == "Спасибо!"


class TestPhotos:
    def test_a_photo_is_shown_in_the_text(self) -> None:
        payload = compose(answer(files=(photo(),)), settings()).payload
        related = [part for part in read(payload).walk() if part["Content-ID"]]
        assert [part.get_content() for part in related] == [JPEG]
        cid = str(related[0]["Content-ID"]).strip("<>")
        assert f'<img src="cid:{cid}"' in page(payload)
        assert list(read(payload).iter_attachments()) == []

    def test_photos_and_files_keep_their_places(self) -> None:
        files = (photo(), loaded("смета.pdf", b"%PDF"), photo(b"\x89PNG", "image/png"))
        payload = compose(answer(files=files), settings()).payload
        mail = read(payload)
        assert [part.get_filename() for part in mail.iter_attachments()] == ["смета.pdf"]
        assert page(payload).count("<img ") == 2
        assert plain(payload).startswith("Завтра к обеду.")

    def test_what_programs_do_not_show_is_attached(self) -> None:
        heic = photo(b"heic", "image/heic")
        huge = photo(b"\xff" * (5 * 1024 * 1024 + 1))
        payload = compose(answer(files=(heic, huge)), settings()).payload
        assert len(list(read(payload).iter_attachments())) == 2
        assert "<img " not in page(payload)

    def test_a_photo_alone_is_a_reply(self) -> None:
        payload = compose(answer("", files=(photo(),), answering=None), settings()).payload
        assert "<img " in page(payload)


def test_the_same_reply_is_the_same_mail_byte_for_byte() -> None:
    files = (photo(), loaded("a.pdf", b"%PDF"))
    once = compose(answer(files=files), settings(signature="Анна"))
    assert compose(answer(files=files), settings(signature="Анна")) == once
    other = compose(replace(answer(files=files), key="reply:2"), settings(signature="Анна"))
    assert other.payload != once.payload


def test_the_boundary_is_in_no_part() -> None:
    mail = read(compose(answer(files=(photo(),), answering=question()), settings()).payload)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    assert [part.defects for part in mail.walk() if part.defects] == []
