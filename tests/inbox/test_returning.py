"""Answers that the studio wrote elsewhere, and what mail servers report of its replies."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from inbox.errors import Fault, SendRejected
from inbox.flow import reply
from inbox.jobs import ShowDelivery
from inbox.model import Delivery, DeliveryReport, Handle, Nature, Outcome
from inbox.ports import CardState, Reply, ReplyState
from tests.fakes import MONDAY_TEN, RecordingConnector, failures
from tests.inbox.conftest import Studio

OWN: dict[str, Any] = {"nature": Nature.OWN, "sender_name": "Анна"}


def bounce(outcome: Delivery = Delivery.FAILED, **more: str) -> dict[str, Any]:
    facts = {"recipient": "a@x.test", "status": "5.1.1", "text": "550 no such user", **more}
    report = DeliveryReport(outcome, **facts)
    return {"nature": Nature.BOUNCE, "delivery": report}


async def answered(studio: Studio, thread: str, key: str = "k1", **more: Any) -> Reply:
    conversation = await studio.conversation(thread)
    draft = await reply(
        studio.inbox, replace(studio.draft(conversation, studio.anna, key), **more)
    )
    assert draft is not None
    await studio.run()
    return draft


async def reply_of(studio: Studio, draft: Reply) -> Reply:
    async with studio.inbox.store.begin() as t:
        return await t.reply(draft.id)


async def state(studio: Studio, place: int = 0) -> CardState:
    async with studio.inbox.store.begin() as t:
        return (await t.card(studio.desk.cards[place][0].message_id)).state


class SingleChannel(RecordingConnector):
    """A channel on which nobody else is addressed."""

    others_addressed = None  # type: ignore[assignment]  # as if there were none


class TestAnsweredElsewhere:
    async def test_an_own_mail_closes_the_wait_when_it_was_sent(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        shown = len(studio.desk.cards)
        studio.clock.pass_(minutes=40)
        sent_at = MONDAY_TEN + timedelta(minutes=25)
        studio.channel.shapes["Отвечено"] = {**OWN, "sent_at": sent_at}

        await studio.asks("info@studio.test", "Отвечено", thread=thread)

        assert len(studio.desk.cards) == shown, "it is nobody's question"
        card = studio.desk.redrawn[-1][1]
        assert card.state is CardState.ANSWERED
        assert card.closed_by == studio.anna
        assert card.wait is not None
        assert card.wait.closing is not None
        assert card.wait.closing.at == sent_at
        assert card.wait.closing.elsewhere
        assert card.wait.closing.business == timedelta(minutes=25)
        async with studio.inbox.store.begin() as t:
            lines = await t.history(card.conversation.id, 5)
            newest = await t.newest_message(card.conversation.id)
        assert [line.inbound for line in lines] == [True, False]
        assert newest == card.message_id, "what is answered is the client's message"

    async def test_a_colleague_nobody_knows_closes_it_too(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.channel.shapes["Отвечено"] = {**OWN, "sender_name": "Бухгалтерия"}
        await studio.asks("buh@studio.test", "Отвечено", thread=thread)
        card = studio.desk.redrawn[-1][1]
        assert (card.state, card.closed_by) == (CardState.ANSWERED, None)

    async def test_later_mails_find_the_conversation_by_it(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.channel.shapes["Отвечено"] = OWN
        own = await studio.asks("info@studio.test", "Отвечено", thread=thread)
        conversation = await studio.conversation(own)
        assert conversation.id == (await studio.conversation(thread)).id
        assert conversation.wait is None

    async def test_one_that_answers_nothing_known_is_ignored(self, studio: Studio) -> None:
        studio.channel.shapes["Предложение"] = OWN
        await studio.asks("info@studio.test", "Предложение")
        assert studio.desk.cards == []

    async def test_one_in_an_answered_conversation_changes_nothing(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        await answered(studio, thread)
        studio.channel.shapes["Вдогонку"] = OWN
        await studio.asks("info@studio.test", "Вдогонку", thread=thread)
        assert await state(studio) is CardState.ANSWERED


class TestBounces:
    async def test_a_reply_that_did_not_arrive_opens_the_wait_again(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=10)
        draft = await answered(studio, thread)
        assert await state(studio) is CardState.ANSWERED
        studio.clock.pass_(minutes=5)
        studio.channel.shapes["DSN"] = bounce(refers_to="<k1>")

        await studio.asks("mailer-daemon@x.test", "DSN")

        kept = await reply_of(studio, draft)
        assert (kept.state, kept.fault) == (ReplyState.REJECTED, "bounced")
        assert kept.detail == "a@x.test: 550 no such user"
        ((told, report, to),) = studio.desk.deliveries
        assert (told.id, report.status, to) == (draft.id, "5.1.1", studio.anna)
        assert len(studio.desk.cards) == 1, "it stands under the reply"
        card = studio.desk.redrawn[-1][1]
        assert card.state is CardState.WAITING
        assert card.wait is not None
        assert card.wait.started_at == MONDAY_TEN
        assert card.wait.next_rung_at == MONDAY_TEN + timedelta(minutes=45)

    async def test_a_delay_is_only_told(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        draft = await answered(studio, thread)
        studio.channel.shapes["DSN"] = bounce(Delivery.DELAYED, refers_to="<k1>")
        await studio.asks("mailer-daemon@x.test", "DSN", thread="<k1>")
        assert (await reply_of(studio, draft)).state is ReplyState.SENT
        assert [one.outcome for _, one, _ in studio.desk.deliveries] == [Delivery.DELAYED]
        assert await state(studio) is CardState.ANSWERED

    async def test_one_in_copy_is_not_the_client(self, studio: Studio) -> None:
        studio.channel.others = ("Boss@x.test",)
        thread = await studio.asks("a@x.test")
        draft = await answered(studio, thread)
        studio.channel.shapes["DSN"] = bounce(refers_to="<k1>", recipient="boss@x.test")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert (await reply_of(studio, draft)).state is ReplyState.SENT
        assert len(studio.desk.deliveries) == 1
        assert await state(studio) is CardState.ANSWERED

    async def test_where_the_id_was_replaced_the_last_reply_is_meant(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        draft = await answered(studio, thread)
        studio.channel.shapes["DSN"] = bounce(refers_to="<alias-k1>")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert (await reply_of(studio, draft)).state is ReplyState.REJECTED

    async def test_a_report_without_an_id_is_found_by_its_thread(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        draft = await answered(studio, thread)
        studio.channel.shapes["DSN"] = bounce(recipient="")
        await studio.asks("mailer-daemon@x.test", "DSN", thread="<k1>")
        kept = await reply_of(studio, draft)
        assert (kept.state, kept.detail) == (ReplyState.REJECTED, "550 no such user")

    async def test_a_report_of_nothing_of_ours_is_a_card(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        shown = len(studio.desk.cards)
        studio.channel.shapes["DSN"] = bounce(refers_to="<foreign>")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert len(studio.desk.cards) == 2 * shown
        await studio.asks("mailer-daemon@x.test", "DSN", thread=thread)
        assert studio.desk.deliveries == []
        assert studio.desk.cards[-1][0].message.nature is Nature.BOUNCE

    async def test_another_reply_that_arrived_keeps_it_answered(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        await answered(studio, thread)
        await answered(studio, thread, "k2")
        studio.channel.shapes["DSN"] = bounce(refers_to="<k2>")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert await state(studio) is CardState.ANSWERED

    async def test_a_client_who_asked_again_waits_once(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        thread = await studio.asks("a@x.test")
        await answered(studio, thread)
        studio.clock.pass_(minutes=5)
        await studio.asks("a@x.test", "Ну что?", thread=thread)
        studio.channel.shapes["DSN"] = bounce(refers_to="<k1>")

        await studio.asks("mailer-daemon@x.test", "DSN")

        async with studio.inbox.store.begin() as t:
            first = (await t.card(studio.desk.cards[0][0].message_id)).wait
        assert first is not None
        assert first.closing is not None
        assert first.closing.outcome is Outcome.CLOSED_UNANSWERED
        assert await state(studio, 1) is CardState.WAITING

    async def test_a_second_report_of_the_same_reply_changes_nothing(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        draft = await answered(studio, thread)
        studio.channel.shapes["DSN"] = bounce(refers_to="<k1>")
        await studio.asks("mailer-daemon@x.test", "DSN")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert (await reply_of(studio, draft)).state is ReplyState.REJECTED
        assert await state(studio) is CardState.WAITING
        assert len(studio.desk.deliveries) == 2

    async def test_a_report_that_cannot_be_shown_is_no_endless_job(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        await answered(studio, thread)
        studio.desk.refuse[studio.anna.id, "show_delivery"] = failures(SendRejected(Fault.BLOCKED))
        studio.channel.shapes["DSN"] = bounce(refers_to="<k1>")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert studio.desk.deliveries == []
        assert await state(studio) is CardState.WAITING

    async def test_a_reply_to_no_message_is_marked_as_well(self, studio: Studio) -> None:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
            contact = await t.add_contact(client.id, "Ольга")
            to = Handle("email", "a@x.test")
            conversation = await t.open_conversation("email:info", client, contact, to, None)
            sent = replace(studio.draft(conversation, studio.anna), state=ReplyState.SENT)
            draft = await t.add_reply(sent)
            await t.learn_threads("email:info", conversation.id, ["<k1>"])
        assert draft is not None
        studio.channel.shapes["DSN"] = bounce(refers_to="<k1>")
        await studio.asks("mailer-daemon@x.test", "DSN")
        assert (await reply_of(studio, draft)).state is ReplyState.REJECTED

    async def test_a_report_for_somebody_who_is_gone_is_filed(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        draft = await answered(studio, thread)
        async with studio.inbox.store.begin() as t:
            await t.put(
                ShowDelivery(draft.id, studio.desk.cards[0][0].message_id), key="k", lane="l"
            )
        await studio.run()
        assert studio.desk.deliveries == [], "what reports nothing shows nothing"


async def test_a_channel_without_copies_answers_one_alone(studio: Studio) -> None:
    thread = await studio.asks("a@x.test")
    await answered(studio, thread)
    single = SingleChannel(studio.clock)
    single.shapes["DSN"] = bounce(refers_to="<k1>")
    studio.channel = single
    studio.inbox = replace(studio.inbox, connectors={"email:info": single})
    await studio.asks("mailer-daemon@x.test", "DSN")
    assert await state(studio) is CardState.WAITING
