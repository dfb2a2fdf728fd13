"""Replies that their authors change after they were written, and corrections of mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import changing
from inbox.actions import settle, try_again
from inbox.changing import Changed
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.model import Attachment, Conversation, Entity, Media
from inbox.ports import Deed, DeskRef, Reply, ReplyState
from inbox.worker import work_once
from tests.fakes import ChangingConnector, failures
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged
from tests.inbox.writing import OWN, in_a_chat, now_is, written

LATER = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
UNCERTAIN = SendUncertain(Fault.NO_ANSWER, "reset")
TOO_LATE = SendRejected(Fault.TOO_LATE, "too late")
BOLD = Entity("bold", 0, 5)


@pytest.fixture
def chat(studio: Studio) -> ChangingConnector:
    return in_a_chat(studio)


async def asked(studio: Studio) -> Conversation:
    return await studio.conversation(await studio.asks("a@x.test"))


async def says(studio: Studio, text: str, *entities: Entity) -> Changed:
    return await changing.change(studio.inbox, OWN, text, entities, studio.clock.now())


class TestBefore:
    async def test_a_draft_goes_out_as_it_reads_by_then(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        assert await says(studio, "Лучше", BOLD) is Changed.CHANGED
        await studio.run()
        assert [(one.text, one.entities) for one in chat.sent] == [("Лучше", (BOLD,))]
        assert chat.edited == []
        assert (await now_is(studio, saved)).edits == 1
        assert not await logged(studio, Deed.EDITED)

    async def test_the_same_is_no_change_and_what_became_no_reply_is_not_known(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        await written(studio, await asked(studio), studio.anna)
        assert await says(studio, "Ответ") is Changed.SAME
        elsewhere = DeskRef(1, 100, 8)
        now = studio.clock.now()
        assert await changing.change(studio.inbox, elsewhere, "x", (), now) is Changed.UNKNOWN

    async def test_a_rejected_one_is_tried_again_with_the_new_words(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        chat.failures = failures(SendRejected(Fault.TOO_LARGE))
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        assert await says(studio, "Короче") is Changed.CHANGED
        assert await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert chat.at_client == {"k1": "Короче"}

    async def test_a_rejected_one_that_is_stopped_is_not_tried_again(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        chat.failures = failures(SendRejected(Fault.TOO_LARGE))
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        assert await changing.withdraw(studio.inbox, saved.id, studio.anna)
        assert not await changing.withdraw(studio.inbox, saved.id, studio.anna)
        assert not await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert chat.at_client == {}


class TestAfter:
    async def test_the_client_sees_the_new_words_and_the_log_keeps_the_old(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        assert await says(studio, "Лучше") is Changed.CARRIED
        assert await says(studio, "Лучше") is Changed.CARRIED, "told again, and not done yet"
        await studio.run()
        assert chat.edited == [("k1", "Лучше", ("k1/1",))]
        assert (await now_is(studio, saved)).text == "Лучше"
        assert await says(studio, "Лучше") is Changed.SAME
        (line,) = await logged(studio, Deed.EDITED)
        assert (line.by, line.entry.before, line.entry.after) == ("Анна", "Ответ", "Лучше")

    async def test_of_several_changes_the_newest_is_carried(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        await written(studio, await asked(studio), studio.anna)
        await studio.run()
        for words in ("раз", "два", "три"):
            assert await says(studio, words) is Changed.CARRIED
        await studio.run()
        assert [text for _, text, _ in chat.edited] == ["три"]

    async def test_an_older_change_that_comes_late_is_left_alone(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        await written(studio, await asked(studio), studio.anna)
        await studio.run()
        before = studio.clock.now()
        studio.clock.pass_(seconds=5)
        assert await says(studio, "новее") is Changed.CARRIED
        assert await changing.change(studio.inbox, OWN, "старее", (), before) is Changed.SAME

    async def test_words_changed_back_are_carried_too(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        await says(studio, "Лучше")
        assert await says(studio, "Ответ") is Changed.CARRIED
        await studio.run()
        assert chat.at_client == {"k1": "Ответ"}
        assert (await now_is(studio, saved)).text == "Ответ"

    @pytest.mark.parametrize("error", [LATER, UNCERTAIN])
    @pytest.mark.parametrize("done", [False, True])
    async def test_it_is_tried_until_the_channel_answers(
        self, studio: Studio, chat: ChangingConnector, error: Exception, *, done: bool
    ) -> None:
        await written(studio, await asked(studio), studio.anna)
        await studio.run()
        chat.refusals, chat.done_anyway = [error], done
        await says(studio, "Лучше")
        await studio.run()
        await studio.later(0.15 if error is LATER else 2.1)
        assert [text for _, text, _ in chat.edited] == ["Лучше", "Лучше"]
        assert chat.at_client == {"k1": "Лучше"}
        assert studio.desk.notes == []

    @pytest.mark.parametrize(
        "error", [TOO_LATE, SendDeferred(Fault.MOVED, "-1002", retry_after=timedelta())]
    )
    async def test_where_the_channel_says_no_its_author_is_told(
        self, studio: Studio, chat: ChangingConnector, error: SendRejected | SendDeferred
    ) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        chat.refusals = [error]
        await says(studio, "Лучше")
        await studio.run()
        ((_, note, to),) = studio.desk.notes
        assert (note.kind, note.text, to) == ("change_failed", error.fault.value, studio.anna)
        assert (await now_is(studio, saved)).text == "Ответ", "what the client has"
        assert await says(studio, "Лучше") is Changed.GONE
        await changing.correct(studio.inbox, saved.id, studio.anna, "c")
        await studio.run()
        assert chat.at_client["c:1"] == "ru: a correction: Лучше"

    async def test_a_refused_change_is_not_told_of_where_a_newer_one_follows(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        await written(studio, await asked(studio), studio.anna)
        await studio.run()
        await says(studio, "раз")

        async def meanwhile() -> None:
            assert await says(studio, "два") is Changed.CARRIED

        chat.refusals, chat.meanwhile = [TOO_LATE], [meanwhile]
        await studio.run()
        assert studio.desk.notes == []
        assert chat.at_client == {"k1": "два"}

    async def test_what_is_changed_while_a_change_is_carried_follows(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        await says(studio, "раз")

        async def meanwhile() -> None:
            await says(studio, "Ответ")

        chat.meanwhile = [meanwhile]
        await studio.run()
        assert [text for _, text, _ in chat.edited] == ["раз", "Ответ"]
        assert (await now_is(studio, saved)).text == chat.at_client["k1"] == "Ответ"

    async def test_a_change_that_never_ends_is_told(
        self, studio: Studio, chat: ChangingConnector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await written(studio, await asked(studio), studio.anna)
        await studio.run()
        await says(studio, "Лучше")
        monkeypatch.setattr("inbox.worker.ENOUGH", 0)
        await work_once(studio.inbox, Queue.OUT)
        monkeypatch.undo()
        await studio.run()
        ((_, note, _),) = studio.desk.notes
        assert (note.kind, note.text) == ("change_failed", "interrupted")


class TestWhileItIsSent:
    """The reply is being sent when its author changes it."""

    async def changed_while_sent(
        self, studio: Studio, chat: ChangingConnector, error: Exception | None
    ) -> Reply:
        saved = await written(studio, await asked(studio), studio.anna)

        async def meanwhile() -> None:
            assert await says(studio, "Лучше") is Changed.CARRIED

        chat.failures, chat.meanwhile = [error], [meanwhile]
        await studio.run()
        return saved

    async def test_it_is_carried_afterwards(self, studio: Studio, chat: ChangingConnector) -> None:
        saved = await self.changed_while_sent(studio, chat, None)
        assert [one.text for one in chat.sent] == ["Ответ"]
        assert chat.at_client == {"k1": "Лучше"}
        assert (await now_is(studio, saved)).text == "Лучше"

    async def test_where_nothing_went_out_the_next_try_says_it(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        await self.changed_while_sent(studio, chat, LATER)
        await studio.later(0.15)
        assert [one.text for one in chat.sent] == ["Ответ", "Лучше"]
        assert chat.edited == []

    @pytest.mark.parametrize("error", [UNCERTAIN, SendRejected(Fault.REFUSED)])
    async def test_sent_again_by_its_author_it_says_it(
        self, studio: Studio, chat: ChangingConnector, error: Exception
    ) -> None:
        saved = await self.changed_while_sent(studio, chat, error)
        assert await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert [one.text for one in chat.sent] == ["Ответ", "Лучше"]
        assert chat.edited == []

    async def test_where_it_arrived_after_all_its_author_hears_that_it_stays_so(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        saved = await self.changed_while_sent(studio, chat, UNCERTAIN)
        assert await settle(studio.inbox, saved.id)
        await studio.run()
        ((_, note, to),) = studio.desk.notes
        assert (note.kind, to) == ("change_failed", studio.anna)
        await changing.correct(studio.inbox, saved.id, studio.anna, "c")
        await studio.run()
        assert chat.sent[-1].text == "ru: a correction: Лучше"


class TestMail:
    async def sent_and_changed(self, studio: Studio, *texts: str) -> Reply:
        saved = await written(studio, await asked(studio), studio.anna)
        await studio.run()
        for text in texts:
            assert await says(studio, text, BOLD) is Changed.GONE
        return saved

    async def test_what_has_gone_stays_and_a_correction_goes(self, studio: Studio) -> None:
        saved = await self.sent_and_changed(studio, "Лучше")
        assert (await now_is(studio, saved)).text == "Ответ"
        sent = await changing.correct(studio.inbox, saved.id, studio.anna, "press")
        assert sent is not None
        assert sent.message_id == saved.message_id
        assert await changing.correct(studio.inbox, saved.id, studio.anna, "again") is None
        await studio.run()
        _, correction = studio.channel.sent
        assert correction.text == "ru: a correction: Лучше"
        (bold,) = correction.entities
        assert correction.text[bold.offset :] == "Лучше"
        assert await says(studio, "Лучше", BOLD) is Changed.SAME

    async def test_a_later_change_is_another_correction(self, studio: Studio) -> None:
        saved = await self.sent_and_changed(studio, "раз", "два")
        await changing.correct(studio.inbox, saved.id, studio.anna, "press")
        assert await says(studio, "три") is Changed.GONE
        await changing.correct(studio.inbox, saved.id, studio.anna, "press")
        await studio.run()
        texts = [one.text.removeprefix("ru: a correction: ") for one in studio.channel.sent]
        assert texts == ["Ответ", "два", "три"]

    async def test_what_nobody_changed_has_no_correction(self, studio: Studio) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        assert await changing.correct(studio.inbox, saved.id, studio.anna, "press") is None

    async def test_what_was_withdrawn_goes_out_as_it_reads_now(self, studio: Studio) -> None:
        studio.desk.contents["F"] = b"pdf"
        file = Attachment(Media.DOCUMENT, "a.pdf", "x/y", 3, "bot:1", "F")
        saved = await written(studio, await asked(studio), studio.anna, attachments=(file,))
        assert await changing.withdraw(studio.inbox, saved.id, studio.anna)
        assert await says(studio, "Лучше") is Changed.GONE
        await changing.correct(studio.inbox, saved.id, studio.anna, "press")
        await studio.run()
        (sent,) = studio.channel.sent
        assert (sent.text, len(sent.files)) == ("Лучше", 1)

    async def test_a_first_word_of_ours_is_corrected_too(self, studio: Studio) -> None:
        talk = await asked(studio)
        async with studio.inbox.store.begin() as t:
            empty = await t.open_conversation(
                "email:info", talk.client, talk.contact, talk.recipient, "Знакомство"
            )
        saved = await written(studio, empty, studio.anna)
        await studio.run()
        await says(studio, "Лучше")
        await changing.correct(studio.inbox, saved.id, studio.anna, "press")
        await studio.run()
        assert studio.channel.sent[-1].text == ": a correction: Лучше"

    async def test_an_uncertain_one_that_is_sent_again_says_it(self, studio: Studio) -> None:
        studio.channel.failures = failures(UNCERTAIN)
        saved = await self.sent_and_changed(studio, "Лучше")
        assert await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert [one.text for one in studio.channel.sent] == ["Ответ", "Лучше"]
        assert await changing.correct(studio.inbox, saved.id, studio.anna, "press") is None

    async def test_an_uncertain_one_whose_correction_went_says_what_it_said(
        self, studio: Studio
    ) -> None:
        studio.channel.failures = failures(UNCERTAIN)
        saved = await self.sent_and_changed(studio, "Лучше")
        await changing.correct(studio.inbox, saved.id, studio.anna, "press")
        await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert [one.text for one in studio.channel.sent][-1] == "Ответ"


async def test_a_channel_that_was_taken_away_carries_nothing(
    studio: Studio, chat: ChangingConnector
) -> None:
    saved = await written(studio, await asked(studio), studio.anna)
    await studio.run()
    await says(studio, "Лучше")
    studio.inbox = replace(studio.inbox, connectors={})
    await studio.run()
    assert chat.edited == []
    assert (await now_is(studio, saved)).state is ReplyState.SENT
