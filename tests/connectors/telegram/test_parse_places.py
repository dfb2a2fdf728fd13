"""Where a message belongs: private chats, client groups, members' own accounts."""

import json
from datetime import UTC, datetime

import pytest

from connectors.telegram.parse import connection_of, parse_updates
from inbox.errors import Unreadable
from inbox.model import (
    Added,
    Connected,
    Deleted,
    Handle,
    InboundMessage,
    Moved,
    Nature,
    RawMessage,
    Reach,
    ReferenceKind,
)
from tests.connectors.telegram.scenarios import BOT, OWNER, scenario, scenarios

CLIENT = Handle("telegram", "501")
GROUP = Handle("telegram_group", "-1002144556677")
SMALL = Handle("telegram_group", "-4455667")
ACCOUNT = Handle("telegram_business", f"{OWNER}:501")


def said(theme: str, name: str) -> InboundMessage:
    message = scenario(theme, name).parsed()
    assert isinstance(message, InboundMessage), message
    return message


def test_in_a_group_the_group_is_the_peer_and_the_place_whoever_writes() -> None:
    groups = {GROUP, SMALL, Handle("telegram_group", "-1002144556688")}
    messages = [one.parsed() for one in scenarios("group")]
    shown = [one for one in messages if isinstance(one, InboundMessage)]
    assert len(shown) > 40
    for message in shown:
        assert message.peer == message.place
        assert message.peer in groups or message.peer_name == "Студия"
        assert message.peer is not None
        assert message.thread_ids == (f"group:{message.peer.address}",)
        assert message.peer_name


def test_a_private_chat_has_no_other_peer_than_the_sender() -> None:
    message = said("private", "text")
    assert (message.peer, message.place, message.thread_ids) == (None, None, ("chat:501",))


def test_an_anonymous_admin_writes_as_the_group_and_a_channel_as_itself() -> None:
    admin = said("group", "anonymous_admin")
    assert (admin.sender, admin.nature) == (GROUP, Nature.PERSON)
    assert admin.sender_name == "Ромашка: новый сайт · директор"
    channel = said("group", "in_the_name_of_a_channel")
    assert channel.sender == Handle("telegram_group", "-1001122334455")


def test_what_a_linked_channel_forwards_by_itself_asks_for_no_answer() -> None:
    message = said("group", "automatic_forward")
    assert message.nature is Nature.AUTOMATIC
    assert message.sender_name == "Ромашка | новости"
    assert message.passed_on == ""


def test_the_topic_of_a_group_is_kept_for_the_answer_and_is_no_reference() -> None:
    message = said("group", "in_a_topic")
    assert message.reply_context["thread_id"] == 5
    assert message.refers is None


def test_in_an_own_account_the_peer_is_the_client_whoever_wrote() -> None:
    theirs, ours = said("own_account", "text"), said("own_account", "owner_answers")
    assert theirs.peer == ours.peer == CLIENT
    assert theirs.place == ours.place == ACCOUNT
    assert theirs.thread_ids == ours.thread_ids == (f"business:{OWNER}:501",)
    assert theirs.external_id.startswith(f"business:{OWNER}:501:")
    assert (theirs.sender, theirs.nature) == (CLIENT, Nature.PERSON)
    assert (ours.sender, ours.nature) == (Handle("telegram", str(OWNER)), Nature.OWN)
    assert ours.peer_name == "Анна Лебедева"
    assert ours.known_as == (), "the owner's @name is not the client's"


@pytest.mark.parametrize(
    "name",
    [
        "echo_of_our_own",
        "away_message_of_the_owner",
        "a_bot_writes_to_the_owner",
        "a_login_code_of_telegram",
        "saved_messages_of_the_owner",
    ],
)
def test_what_nobody_said_to_a_client_in_an_own_account_is_left_out(name: str) -> None:
    assert isinstance(scenario("own_account", name).parsed(), str)


def test_a_message_that_the_client_scheduled_counts() -> None:
    assert said("own_account", "scheduled_by_the_client").nature is Nature.PERSON


def test_without_its_owner_a_message_of_an_account_says_why_it_is_not_shown() -> None:
    one = scenario("own_account", "text")
    reason = parse_updates(one.raws, "telegram", BOT, None)
    assert isinstance(reason, str)
    assert "account" in reason


def test_the_connection_is_named_only_by_updates_of_own_accounts() -> None:
    assert connection_of(scenario("own_account", "text").raws) == "AgADBAADkA4AAq1x"
    assert connection_of(scenario("happenings", "client deletes an album").raws) is not None
    assert connection_of(scenario("happenings", "account connected").raws) is None
    assert connection_of(scenario("private", "text").raws) is None
    with pytest.raises(Unreadable):
        connection_of([RawMessage("1", "chat:1", b"{", datetime(2026, 1, 1, tzinfo=UTC))])


def test_a_reply_says_whose_message_it_answers() -> None:
    ours = said("answering", "text to ours").refers
    assert ours is not None
    assert (ours.kind, ours.external_id) == (ReferenceKind.OURS, "501:61")
    owners = said("own_account", "client_replies_to_the_owner").refers
    assert owners is not None
    assert (owners.kind, owners.quote) == (ReferenceKind.OURS, "Сегодня")
    assert owners.external_id == f"business:{OWNER}:501:33"
    theirs = said("answering", "text with a quote").refers
    assert theirs is not None
    assert (theirs.kind, theirs.quote) == (ReferenceKind.THEIRS, "Старый")
    long = said("answering", "to_a_very_long_one").refers
    assert long is not None
    assert len(long.text) <= 200


@pytest.mark.parametrize(
    ("name", "kind", "author"),
    [
        ("external_from_a_channel", ReferenceKind.ELSEWHERE, "Ромашка | новости · редакция"),
        ("external_from_a_hidden_person", ReferenceKind.ELSEWHERE, "Скрытый Иван"),
        ("external_from_another_topic_of_the_group", ReferenceKind.OURS, "Студия «Окно»"),
        ("to_a_story", ReferenceKind.STORY, "Ромашка | новости"),
    ],
)
def test_what_stands_elsewhere_is_named(name: str, kind: ReferenceKind, author: str) -> None:
    refers = said("answering", name).refers
    assert refers is not None
    assert (refers.kind, refers.author) == (kind, author)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("user", "John Carter"),
        ("hidden_user", "Скрытый Иван"),
        ("chat", "Ромашка: новый сайт · модератор"),
        ("channel", "Ромашка | новости · редакция"),
    ],
)
def test_a_forward_names_who_wrote_it_first(kind: str, name: str) -> None:
    found = {
        said("forwarded", one.name).passed_on
        for one in scenarios("forwarded")
        if one.updates[0]["message"]["forward_origin"]["type"] == kind
        and one.name != "own_words_again"
    }
    assert found == {name}


def test_only_a_contact_that_the_person_shared_itself_says_the_phone() -> None:
    phone = Handle("phone", "+79160000000")
    assert phone in said("private", "contact_own").known_as
    assert phone in said("own_account", "contact_own").known_as
    for theme, name in [
        ("private", "contact"),
        ("private", "contact_own_forwarded_is_no_proof"),
        ("forwarded", "contact_own"),
    ]:
        assert all(handle.kind != "phone" for handle in said(theme, name).known_as)


def test_a_link_that_opens_the_chat_gives_its_payload() -> None:
    assert said("private", "start_with_a_personal_link").opens == "link_Zk3-a9_Q"
    assert said("private", "start").opens == ""
    assert said("own_account", "start_is_only_a_text_there").nature is Nature.PERSON
    assert said("group", "start_in_a_group").nature is Nature.SERVICE


def test_deleted_messages_carry_the_ids_under_which_they_came() -> None:
    event = scenario("happenings", "client deletes an album").parsed()
    assert isinstance(event, Deleted)
    assert event.external_ids == tuple(f"business:{OWNER}:501:{one}" for one in (401, 402, 403))


@pytest.mark.parametrize(
    ("name", "enabled", "can_reply"),
    [
        ("account connected", True, True),
        ("account connected without a reply", True, False),
        ("account disconnected", False, True),
        ("account connected, rights of old", True, True),
    ],
)
def test_an_account_says_what_we_may(name: str, enabled: bool, can_reply: bool) -> None:
    event = scenario("happenings", name).parsed()
    assert isinstance(event, Connected)
    account = event.account
    assert (account.owner_id, account.enabled, account.can_reply) == (OWNER, enabled, can_reply)


@pytest.mark.parametrize(
    ("name", "handle", "reason"),
    [
        ("blocked by a client", CLIENT, "blocked"),
        ("unblocked by a client", CLIENT, ""),
        ("left a group", SMALL, "removed"),
        ("kicked from a supergroup", GROUP, "removed"),
        ("restricted and gone", GROUP, "removed"),
    ],
)
def test_whether_somebody_can_be_reached(name: str, handle: Handle, reason: str) -> None:
    event = scenario("happenings", name).parsed()
    assert isinstance(event, Reach)
    assert (event.handle, event.reason) == (handle, reason)


def test_added_to_a_group_says_by_whom() -> None:
    for name in ("added to a group", "added again after a ban"):
        event = scenario("happenings", name).parsed()
        assert isinstance(event, Added)
        assert event.by_name == "Анна Лебедева"
    assert isinstance(scenario("happenings", "made an admin").parsed(), str)


def test_both_ends_of_a_migration_tell_of_the_same_move() -> None:
    """The new chat's first message does too: what follows it must find the new address known."""
    for name in ("group became a supergroup", "supergroup says where it came from"):
        event = scenario("happenings", name).parsed()
        assert isinstance(event, Moved)
        assert (event.before, event.after) == (SMALL, GROUP)
        assert (event.thread_before, event.thread_after) == (
            f"group:{SMALL.address}",
            f"group:{GROUP.address}",
        )


def test_lanes_and_albums_of_own_accounts_are_not_those_of_our_chats() -> None:
    """A client's number is the same in the bot's chat and in the own account's."""
    business = scenario("own_account", "text").raws[0]
    assert scenario("private", "text").raws[0].lane == "chat:501"
    assert business.lane == "business:AgADBAADkA4AAq1x:501"
    assert scenario("happenings", "client deletes a message").raws[0].lane == business.lane
    assert scenario("happenings", "account connected").raws[0].lane == f"user:{OWNER}"
    albums = {raw.group for one in scenarios("albums") for raw in one.raws if raw.group}
    with_album = [one for one in scenarios("albums") if one.raws[0].group]
    assert len(albums) == len(with_album)
    assert scenario("edited", "member of an album").raws[0].group is None, "it comes alone"


def test_every_update_has_a_key_of_its_own() -> None:
    raws = [raw for one in scenarios() for raw in one.raws]
    assert len({raw.external_id for raw in raws}) == len(raws)
    for raw in raws:
        assert json.loads(raw.payload)
