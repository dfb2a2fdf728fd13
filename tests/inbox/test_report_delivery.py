"""A report reaches who asked: each part once, whatever breaks."""

from dataclasses import replace

import pytest

from inbox import report_delivery
from inbox.errors import StoreUnavailable
from inbox.ports import LeaseLost
from inbox.report_delivery import show_report
from inbox.report_periods import days_of
from inbox.report_records import Slice
from inbox.reports_made import Ending, MadeReport, ReportWish, Spot
from tests.fakes import failures
from tests.inbox import delivering
from tests.inbox.conftest import Studio
from tests.inbox.delivering import (
    BLOCKED,
    DOWN,
    NO_ANSWER,
    NO_PHOTOS,
    PARTS,
    WEEK,
    Maker,
    asked,
    claimed,
    endings,
    left,
    shown,
)

making = delivering.making


class TestAskedFor:
    async def test_it_comes_part_by_part_to_where_it_was_asked_for(
        self, studio: Studio, making: Maker
    ) -> None:
        assert await asked(studio, studio.head)
        await studio.run()
        assert shown(studio, studio.head) == PARTS
        assert studio.desk.ended == [(Ending.SHOWN, studio.head, Spot(777, 5, 12, 13))]
        (wish, language) = studio.desk.wished[0]
        assert (days_of(wish.period), wish.whose, language) == (WEEK, Slice(), "ru")
        assert (wish.asked_at, wish.late) == (studio.clock.now(), None)

    async def test_it_is_made_once_for_one_press(self, studio: Studio, making: Maker) -> None:
        assert await asked(studio, studio.head)
        assert not await asked(studio, studio.head)
        await studio.run()
        assert await asked(studio, studio.head, key="2")
        await studio.run()
        assert making.made == 2

    async def test_an_empty_one_is_shown_to_who_asks(self, studio: Studio, making: Maker) -> None:
        await asked(studio, studio.boris, whose_id=studio.boris.id)
        await studio.run()
        assert shown(studio, studio.boris) == PARTS

    async def test_a_manager_sees_nothing_of_others(self, studio: Studio, making: Maker) -> None:
        anna = await studio.conversation(await studio.asks("a@x.test", "Ещё вопрос"))
        await asked(studio, studio.boris, key="whole")
        await asked(studio, studio.boris, key="anna's", whose_id=studio.anna.id)
        await asked(studio, studio.boris, key="client", client_id=anna.client.id)
        await asked(studio, studio.boris, key="nobody", client_id=999)
        await studio.run()
        assert (making.made, endings(studio)) == (0, [Ending.FAILED] * 4)
        await asked(studio, studio.anna, key="own client", client_id=anna.client.id)
        await studio.run()
        (wish, _) = studio.desk.wished[0]
        assert wish.whose == Slice(None, "Ромашка", anna.client.id)

    async def test_who_has_left_gets_nothing(self, studio: Studio, making: Maker) -> None:
        await asked(studio, studio.head)
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.head, active=False))
        await studio.run()
        assert making.made == 0

    async def test_what_cannot_be_made_is_said_after_some_tries(
        self, studio: Studio, making: Maker
    ) -> None:
        making.faults = [OSError("no space"), StoreUnavailable("damaged"), OSError("no space")]
        await asked(studio, studio.head)
        for _ in range(3):
            await studio.later()
        assert (making.made, endings(studio)) == (3, [Ending.FAILED])
        assert not studio.desk.told

    async def test_a_database_without_room_for_a_reader_is_waited_for(
        self, studio: Studio, making: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(report_delivery, "AGAIN", 0.05)
        making.faults = [StoreUnavailable("refused", "too many clients already")] * 8
        await asked(studio, studio.head)
        for _ in range(9):
            await studio.later()
        assert (making.made, endings(studio)) == (9, [Ending.SHOWN])

    async def test_a_fault_that_passes_costs_a_moment(self, studio: Studio, making: Maker) -> None:
        making.faults = [OSError("no space")]
        await asked(studio, studio.head)
        await studio.run()
        await studio.later()
        assert endings(studio) == [Ending.SHOWN]


class TestBroken:
    """What is shown already is not shown again."""

    async def test_it_goes_on_behind_what_telegram_took(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report pdf"): failures(DOWN)}
        await asked(studio, studio.head)
        await studio.run()
        assert (shown(studio, studio.head), endings(studio)) == (["picture"], [])
        await studio.later()
        assert (shown(studio, studio.head), endings(studio)) == (PARTS, [Ending.SHOWN])

    async def test_what_may_have_arrived_is_not_repeated_and_the_reader_is_told(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report picture"): failures(NO_ANSWER)}
        await asked(studio, studio.head)
        await studio.run()
        await studio.later()
        assert shown(studio, studio.head) == ["pdf", "xlsx"]
        assert endings(studio) == [Ending.DOUBTFUL]

    async def test_a_process_that_dies_between_two_parts_is_followed_by_another(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report pdf"): [KeyError("died here")]}
        await asked(studio, studio.head)
        claim, job = await claimed(studio)
        with pytest.raises(KeyError):
            await show_report(studio.inbox, claim, job)
        await show_report(studio.inbox, claim, job)
        assert shown(studio, studio.head) == ["picture", "xlsx"]
        assert endings(studio) == [Ending.DOUBTFUL]

    async def test_who_was_frozen_while_another_took_it_over_shows_nothing_more(
        self, studio: Studio, making: Maker
    ) -> None:
        async def thaws(wish: ReportWish) -> MadeReport:
            studio.desk.making = making
            async with studio.inbox.store.begin() as t:
                await t.retry(claim, after=0.0)
            await studio.run()
            return await making(wish)

        studio.desk.making = thaws
        await asked(studio, studio.head)
        claim, job = await claimed(studio)
        with pytest.raises(LeaseLost):
            await show_report(studio.inbox, claim, job)
        assert shown(studio, studio.head) == PARTS

    async def test_the_last_word_is_tried_again_without_another_report(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "end_report"): failures(DOWN, NO_ANSWER)}
        await asked(studio, studio.head)
        for _ in range(3):
            await studio.later()
        assert (making.made, endings(studio)) == (1, [Ending.SHOWN])

    async def test_where_pictures_are_refused_the_words_come(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {
            (studio.head.id, "show_report picture"): failures(NO_PHOTOS),
            (studio.head.id, "show_report xlsx"): failures(NO_PHOTOS),
            (studio.head.id, "end_report"): failures(BLOCKED),
        }
        await asked(studio, studio.head)
        await studio.run()
        assert shown(studio, studio.head) == ["text", "pdf"]
        assert not await left(studio)

    async def test_where_even_words_are_refused_the_rest_is_tried(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {
            (studio.head.id, "show_report picture"): failures(NO_PHOTOS),
            (studio.head.id, "show_report text"): failures(NO_PHOTOS),
        }
        await asked(studio, studio.head)
        await studio.run()
        assert shown(studio, studio.head) == ["pdf", "xlsx"]
        assert endings(studio) == [Ending.DOUBTFUL]  # a part is missing

    async def test_where_nothing_is_taken_that_is_no_report_shown(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {
            (studio.head.id, f"show_report {part}"): failures(NO_PHOTOS)
            for part in ("picture", "text", "pdf", "xlsx")
        }
        await asked(studio, studio.head)
        await studio.run()
        assert (shown(studio, studio.head), endings(studio)) == ([], [Ending.FAILED])
        assert not await left(studio)

    async def test_who_blocked_the_bot_gets_nothing_more(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {studio.head.id: failures(BLOCKED)}
        await asked(studio, studio.head)
        await studio.run()
        assert (studio.desk.reports, studio.desk.told, await left(studio)) == ([], [], False)

    async def test_one_that_takes_the_process_with_it_is_given_up(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "end_report"): failures(BLOCKED)}
        await asked(studio, studio.head)
        claim, job = await claimed(studio)
        await show_report(studio.inbox, replace(claim, attempts=4), job)
        assert making.made == 0
        assert not await left(studio)
