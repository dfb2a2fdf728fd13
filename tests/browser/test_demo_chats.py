"""`okno demo` in Chromium: a client's group, an own account, topics, edits, kinds, reactions."""

import pytest
from playwright.sync_api import expect

from tests.browser.playing import Played, in_time

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_clients_group_is_a_way_in_and_what_the_manager_says_there_is_the_answer(
    played: Played,
) -> None:
    played.play("client", "Мария", "group")
    played.play("manager", "Анна", "telegram")
    asked = "Анна, когда появится осеннее меню?"
    card = played.card("когда появится осеннее меню?")
    in_time("a message of the group to its card", lambda: played.say("client", asked), card)
    expect(card).to_contain_text("Зерно: сайт и меню")
    reply = played.chat("client").locator(".row.in", has_text="Сегодня к пяти.")
    in_time("a reply in the group", lambda: played.answer(card, "Сегодня к пяти."), reply)
    expect(reply.locator(".author")).to_have_text("Студия «Форточка»")

    played.say("client", "А цены?")
    played.card("А цены?").wait_for()
    played.play("manager", "Анна", "group")
    played.say("manager", "Цены те же.")
    played.play("manager", "Анна", "telegram")
    expect(played.card("А цены?")).to_contain_text("✅")
    expect(played.card("А цены?")).to_contain_text("Анна Климова")


def test_an_own_account_is_answered_from_the_desk_and_by_the_managers_own_hand(
    played: Played,
) -> None:
    played.play("client", "Елена", "account")
    played.play("manager", "Дмитрий", "telegram")
    played.say("client", "Дима, каталог готов?")
    card = played.card("Дима, каталог готов?")
    card.wait_for()
    answer = played.chat("client").locator(".row.in", has_text="Готов, отправляю.")
    in_time("a reply as the manager", lambda: played.answer(card, "Готов, отправляю."), answer)
    expect(played.chat("client").locator(".stamp", has_text="бота")).to_have_count(0)

    played.say("client", "А визитки?")
    played.card("А визитки?").wait_for()
    played.play("manager", "Дмитрий", "own")
    expect(played.chat("manager").locator(".row.out").last).to_contain_text("Готов, отправляю.")
    played.say("manager", "Завтра утром.")
    played.play("manager", "Дмитрий", "telegram")
    expect(played.card("А визитки?")).to_contain_text("✅")


def test_an_edit_and_a_deletion_of_a_client_are_seen_on_the_card(played: Played) -> None:
    played.play("client", "Елена", "account")
    played.play("manager", "Дмитрий", "telegram")
    played.say("client", "Нужен шрифт Arial")
    played.card("Нужен шрифт Arial").wait_for()
    choose(played, "Изменить")
    played.say("client", "Нужен шрифт Inter")
    expect(played.card("Нужен шрифт Inter")).to_be_visible()
    expect(played.chat("client").locator(".row.out").last).to_contain_text("Нужен шрифт Inter")
    choose(played, "Удалить")
    expect(played.chat("client").locator(".row.out", has_text="Inter")).to_have_count(0)
    expect(played.card("Нужен шрифт Inter")).to_contain_text("Удалено клиентом")


def test_a_topic_is_beside_the_chat_and_comes_back_when_it_was_deleted(played: Played) -> None:
    played.play("client", "Павел", "telegram")
    played.play("manager", "Дмитрий", "telegram")
    played.say("client", "Нужен баннер на склад")
    played.card("Нужен баннер на склад").wait_for()
    manager = played.chat("manager")
    topic = manager.locator(".topic", has_text="Маяк Логистика")
    topic.click()
    expect(manager.locator(".chat-head")).to_contain_text("Маяк Логистика")
    played.say("manager", "Какого размера?")
    answer = played.chat("client").locator(".row.in").last
    expect(answer).to_contain_text("Какого размера?")

    manager.locator(".chat-head .icon-button").click()
    played.page.locator(".menu-item.bad").click()
    expect(topic).to_have_count(0)
    expect(manager.locator(".topic[aria-pressed=true]")).to_have_text("Все")
    played.say("client", "Три на два метра")
    played.card("Три на два метра").wait_for()
    expect(topic).to_have_count(1)


def test_other_kinds_of_messages_are_drawn_and_reach_the_desk(played: Played) -> None:
    played.play("client", "Мария", "telegram")
    played.play("manager", "Анна", "telegram")
    for kind, words in (("Опрос", "Какой логотип берём?"), ("Список дел", "К запуску сайта")):
        played.chat("client").locator(".composer-line .icon-button").first.click()
        played.page.locator(".menu-item", has_text=kind).click()
        expect(played.chat("client").locator(".row.out .thing").last).to_contain_text(words)
        expect(played.card(words)).to_be_visible()


def test_a_reaction_is_set_and_taken_away(played: Played) -> None:
    played.play("client", "Мария", "group")
    played.say("client", "Спасибо!")
    row = played.chat("client").locator(".row.out", has_text="Спасибо!")
    for marks in (1, 0):
        row.hover()
        row.locator(".deeds .icon-button").first.click()
        played.page.locator(".menu-row button", has_text="🔥").click()
        expect(row.locator(".reaction")).to_have_count(marks)


def choose(played: Played, words: str) -> None:
    """An item of the menu of the client's newest own message."""
    row = played.chat("client").locator(".row.out").last
    row.hover()
    row.locator(".deeds .icon-button").first.click()
    played.page.locator(".menu-item", has_text=words).click()
