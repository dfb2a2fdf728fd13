"""What a card says beside the client's words: where from, what it answers, what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.buttons import Keyboard
from bot.card_lines import REFERRED_LIMIT
from bot.cards import CardView, card_view
from bot.rich import MESSAGE_LIMIT
from inbox.model import (
    Attachment,
    Handle,
    InboundMessage,
    Manager,
    Media,
    Outcome,
    Reference,
    ReferenceKind,
)
from inbox.ports import Card, CardState, Reply, ReplyState
from inbox.records import Answering
from tests.bot.studio import HELEN, IVAN, NOON, OLGA, card, closed, conversation, message
from tests.bot.test_cards import said, unassigned

GROUP = Handle("telegram_group", "-100500")
ACCOUNT = Handle("telegram_business", f"{OLGA.telegram_id}:900")
ANNA = Handle("telegram", "900")


def chat_card(
    recipient: Handle = ANNA, told: dict[str, Any] | None = None, **changes: Any
) -> Card:
    """A message in Telegram: `told` changes the message, `changes` the card."""
    written: dict[str, Any] = {"channel_id": "telegram", "sender": ANNA, "subject": None}
    talk = conversation(channel_id="telegram", recipient=recipient, subject=None)
    return card(conversation=talk, message=message(**written | (told or {})), **changes)


def lines(shown: Card, reader: Manager = HELEN) -> list[str]:
    return card_view(shown, reader, NOON).body.text.splitlines()


def folded(view: CardView) -> list[str]:
    found = [one for one in view.body.entities if one.kind == "expandable_blockquote"]
    return [view.body.part(one.offset, one.offset + one.length).text for one in found]


def labels(keyboard: Keyboard) -> list[str]:
    return [label for row in said(keyboard) for label in row]


class TestWhereFrom:
    def test_a_group_is_named_and_who_wrote_in_it(self) -> None:
        told = {"peer": GROUP, "peer_name": "Сайт «Ромашки»", "place": GROUP}
        found = lines(chat_card(GROUP, told))
        assert "👥 Telegram, the group Сайт «Ромашки» · 11:40" in found
        assert "🗣 Written by Анна" in found

    def test_an_own_account_is_said_to_be_whose(self) -> None:
        shown = chat_card(ACCOUNT, {"peer": ANNA, "place": ACCOUNT})
        assert "💼 Telegram, the account of Ольга · 11:40" in lines(shown)
        assert "💼 Telegram, ваш личный аккаунт · 11:40" in lines(shown, OLGA)
        handed = replace(shown, holder=IVAN)
        assert "💼 Telegram, an own account · 11:40" in lines(handed)
        assert not any("Written by" in line for line in lines(shown))

    def test_what_was_passed_on_says_whose_words_they_are(self) -> None:
        assert "↪ Forwarded from Пётр" in lines(chat_card(told={"passed_on": "Пётр"}))


class TestWhatItAnswers:
    @pytest.mark.parametrize(
        ("kind", "author", "words"),
        [
            (ReferenceKind.OURS, "Ольга", "↩️ In answer to our message"),
            (ReferenceKind.THEIRS, "Анна", "↩️ In answer to Анна"),
            (ReferenceKind.THEIRS, "", "↩️ In answer to an earlier message"),
            (ReferenceKind.ELSEWHERE, "Новости", "↩️ In answer to Новости in another chat"),
            (ReferenceKind.ELSEWHERE, "", "↩️ In answer to a message in another chat"),
            (ReferenceKind.STORY, "Ромашка", "↩️ In answer to a story of Ромашка"),
            (ReferenceKind.STORY, "", "↩️ In answer to a story"),
        ],
    )
    def test_to_whom_or_what(self, kind: ReferenceKind, author: str, words: str) -> None:
        view = card_view(chat_card(told={"refers": Reference(kind, author, "Смета")}), HELEN, NOON)
        assert words in view.body.text.splitlines()
        assert folded(view) == ["Смета"]

    def test_of_a_quote_only_what_was_quoted(self) -> None:
        refers = Reference(ReferenceKind.OURS, "", "Одно. Другое.", quote="Другое.")
        assert folded(card_view(chat_card(told={"refers": refers}), HELEN, NOON)) == ["Другое."]

    def test_it_is_short_and_gives_way_to_the_text(self) -> None:
        refers = Reference(ReferenceKind.THEIRS, "Анна", "слово " * 500)
        view = card_view(chat_card(told={"refers": refers, "text": "т" * 4096}), HELEN, NOON)
        (shown,) = folded(view)
        assert len(shown) <= REFERRED_LIMIT + 2
        assert view.body.units <= MESSAGE_LIMIT
        assert view.rest.text


class TestWhatBecameOfIt:
    def test_an_edit_shows_the_new_words_and_a_button_for_the_old(self) -> None:
        edited = chat_card(told={"text": "Уже всё"}, edited_at=NOON - timedelta(minutes=5))
        view = card_view(edited, OLGA, NOON)
        assert "✏️ Изменено клиентом: 11:55" in view.body.text.splitlines()
        assert "Уже всё" in view.body.text
        assert "Что было до правки" in labels(view.keyboard)
        assert "Что было до правки" not in labels(card_view(chat_card(), OLGA, NOON).keyboard)
        assert card_view(edited, IVAN, NOON).keyboard == ()

    def test_what_the_client_took_back_stays_for_the_studio(self) -> None:
        view = card_view(chat_card(deleted_at=NOON), HELEN, NOON)
        assert (
            "🗑 Taken back by the client: 12:00. Only the studio still sees it." in view.body.text
        )
        assert "Не открывается сайт" in view.body.text

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            ("blocked", "🚫 Клиент заблокировал бота: ответ не дойдёт"),
            ("deleted", "🚫 Аккаунт клиента удалён: ответ не дойдёт"),
            ("removed", "🚫 Бота убрали из группы: ответ не дойдёт"),
            ("moon", "🚫 Клиенту нельзя написать: moon"),
        ],
    )
    def test_who_cannot_be_written_to(self, reason: str, words: str) -> None:
        assert words in lines(chat_card(unreachable=reason), OLGA)

    def test_answered_in_the_clients_own_chat(self) -> None:
        done = closed(Outcome.ANSWERED, timedelta(minutes=12))
        assert done.closing is not None
        elsewhere = replace(done, closing=replace(done.closing, elsewhere=True))
        shown = chat_card(state=CardState.ANSWERED, wait=elsewhere, closed_by=OLGA)
        assert lines(shown)[-1] == "✅ Answered in the client's chat: 11:52 · Ольга"
        mail = card(CardState.ANSWERED, wait=elsewhere, closed_by=OLGA)
        assert lines(mail)[-1] == "✅ Answered from mail: 11:52 · Ольга"


class TestWhoAnswers:
    IVAN_DOES = Answering(IVAN.id, "Иван", NOON - timedelta(minutes=2))

    def test_the_others_see_it_for_five_minutes(self) -> None:
        shown = chat_card(answering=self.IVAN_DOES)
        assert "✍ Отвечает Иван" in lines(shown, OLGA)
        later = card_view(shown, OLGA, NOON + timedelta(minutes=3)).body.text
        assert "Отвечает" not in later

    def test_whoever_does_knows_it(self) -> None:
        shown = replace(unassigned(), answering=self.IVAN_DOES)
        assert "✍ Отвечает Иван" not in lines(shown, IVAN)
        together = card_view(shown, IVAN, NOON, shared=True).body.text
        assert "✍ Отвечает Иван" in together.splitlines()

    def test_the_button_stands_where_several_read_the_card(self) -> None:
        def offered(shown: Card, reader: Manager, *, shared: bool = False) -> bool:
            return "✍ Отвечаю я" in labels(card_view(shown, reader, NOON, shared=shared).keyboard)

        assert offered(unassigned(), OLGA)
        assert offered(card(stand_in=IVAN), IVAN)
        assert offered(card(), OLGA, shared=True)
        assert not offered(card(), OLGA)
        assert not offered(card(CardState.ANSWERED, wait=None), OLGA, shared=True)
        assert not offered(card(), IVAN, shared=True)


class TestTakingBack:
    SENT = Reply(
        "tg:1:2:3",
        11,
        OLGA.id,
        "Готово",
        NOON,
        state=ReplyState.SENT,
        sent_at=NOON,
        sent_as=("900:7",),
        id=61,
    )

    def offered(self, reply: Reply, after: timedelta = timedelta(), **changes: Any) -> bool:
        shown = chat_card(state=CardState.ANSWERED, last_reply=reply, **changes)
        return "Отозвать ответ" in labels(card_view(shown, OLGA, NOON + after).keyboard)

    def test_within_what_the_channel_allows(self) -> None:
        assert self.offered(self.SENT)
        assert self.offered(self.SENT, timedelta(hours=47))
        assert not self.offered(self.SENT, timedelta(hours=48))
        assert not self.offered(replace(self.SENT, sent_as=()))
        assert not self.offered(replace(self.SENT, state=ReplyState.TAKEN_BACK))
        assert self.offered(self.SENT, timedelta(days=9), recipient=ACCOUNT)


def hostile(text: str) -> InboundMessage:
    poll = Attachment(
        Media.POLL, text, "", None, "x", "", {"question": text, "options": [text] * 12}
    )
    return message(
        text,
        subject=text,
        quoted=text,
        sender=Handle("telegram", text),
        sender_name=text,
        answers_to=(text,) * 9,
        passed_on=text,
        peer=GROUP,
        peer_name=text,
        refers=Reference(ReferenceKind.ELSEWHERE, text, text, text),
        warnings=(f"look_alike:{text}",) * 9,
        attachments=(poll,) * 12,
    )


@pytest.mark.parametrize("text", ["ы" * 4096, "😀" * 2048, "a " * 2048, "\u202e" * 4096])
def test_all_at_once_still_is_one_message(text: str) -> None:
    worst = card(
        conversation=conversation(recipient=GROUP),
        message=hostile(text),
        also_in=(f"email:{text}",) * 9,
        edited_at=NOON,
        deleted_at=NOON,
        unreachable=text[:80],
        answering=Answering(IVAN.id, text, NOON),
        handed_by=HELEN,
        repeated=True,
        more=7,
    )
    for reader in (OLGA, HELEN):
        view = card_view(
            worst, reader, NOON, ("a@b.example",) * 9, timedelta(hours=1), shared=True
        )
        assert view.body.units <= MESSAGE_LIMIT
        for row in view.keyboard:
            assert all(len(button.data.pack().encode()) <= 64 for button in row)
