"""Who is to see what, and who stands in for whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbox.model import Absence, Manager, Role
from inbox.routing import (
    admins,
    alerted,
    heads,
    in_place_of,
    manager_for,
    member,
    named,
    readers,
    stand_in_of,
)
from inbox.sla import Recipient, Rung

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def one(
    number: int, role: Role, *, active: bool = True, deputy: int | None = None, name: str = ""
) -> Manager:
    return Manager(number, name or f"N{number}", number, role, active=active, deputy_id=deputy)


def away(who: Manager, deputy: int | None = None) -> Manager:
    absence = Absence(who.id, NOW - timedelta(days=1), NOW + timedelta(days=1), deputy)
    return replace(who, absences=(absence,))


def rung(notify: Recipient, name: str = "") -> Rung:
    return Rung(timedelta(minutes=45), notify, name=name)


ANNA = one(1, Role.MANAGER, deputy=2)
BORIS = one(2, Role.MANAGER)
GONE = one(3, Role.MANAGER, active=False, deputy=1)
HEAD = one(4, Role.HEAD)
ADMIN = one(5, Role.ADMIN)
CHAT = one(6, Role.CHAT, name="Просрочки")
STAFF = (ANNA, BORIS, GONE, HEAD, ADMIN, CHAT)


def staff_with(*changed: Manager) -> tuple[Manager, ...]:
    by_id = {each.id: each for each in changed}
    return tuple(by_id.get(each.id, each) for each in STAFF)


def test_named_is_one_active_member() -> None:
    assert named(STAFF, ANNA.name.upper()) == ANNA
    assert named((ANNA, replace(BORIS, name=ANNA.name)), ANNA.name) is None
    assert named(STAFF, GONE.name) is None
    assert named(STAFF, CHAT.name) is None, "a group chat is nobody"


def test_a_group_chat_holds_no_client_and_stands_in_for_nobody() -> None:
    assert manager_for(CHAT.id, None, STAFF) is None
    assert manager_for(None, CHAT.name, STAFF) is None
    assert readers(CHAT.id, STAFF, NOW) == (ANNA, BORIS, HEAD)
    assert in_place_of(away(ANNA, deputy=CHAT.id), STAFF, NOW) == (HEAD,)
    staff = staff_with(replace(BORIS, deputy_id=CHAT.id))
    assert alerted(rung(Recipient.DEPUTY), BORIS.id, staff, NOW) == (HEAD,)
    namesake = replace(CHAT, name=BORIS.name)
    staff = staff_with(namesake)
    assert alerted(rung(Recipient.PERSON, BORIS.name), 1, staff, NOW) == (BORIS,)
    assert heads(staff_with(away(HEAD, deputy=CHAT.id)), NOW) == (away(HEAD, deputy=CHAT.id),)


def test_the_clients_manager_goes_before_the_channels() -> None:
    assert manager_for(1, "n2", STAFF) == 1
    assert manager_for(3, "n2", STAFF) == 2, "who left has no clients"
    assert manager_for(None, None, STAFF) is None
    assert member(STAFF, 9) is None


def test_readers_of_a_card() -> None:
    assert readers(1, STAFF, NOW) == (ANNA,)
    assert readers(3, STAFF, NOW) == (ANNA, BORIS, HEAD), "a chat and an admin answer nobody"
    assert readers(None, (ADMIN,), NOW) == (ADMIN,)


def test_of_a_client_nobody_took_those_who_are_there_hear() -> None:
    assert readers(None, staff_with(away(ANNA)), NOW) == (BORIS, HEAD)
    everybody = (away(ANNA), away(BORIS), away(HEAD))
    assert readers(None, everybody, NOW) == everybody, "rather than nobody"


def test_a_rung_always_has_somebody_to_tell() -> None:
    assert alerted(rung(Recipient.MANAGER), 1, STAFF, NOW) == (ANNA,)
    assert alerted(rung(Recipient.DEPUTY), 1, STAFF, NOW) == (BORIS,)
    assert alerted(rung(Recipient.DEPUTY), 2, STAFF, NOW) == (HEAD,)
    assert alerted(rung(Recipient.DEPUTY), None, STAFF, NOW) == (HEAD,)
    assert alerted(rung(Recipient.HEAD), 1, STAFF, NOW) == (HEAD,)
    assert alerted(rung(Recipient.PERSON, "n2"), 1, STAFF, NOW) == (BORIS,)
    assert alerted(rung(Recipient.PERSON, "N3"), 1, STAFF, NOW) == (HEAD,), "who left"
    assert alerted(rung(Recipient.CHAT), 1, STAFF, NOW) == (CHAT,)
    assert alerted(rung(Recipient.CHAT, "просрочки"), 1, STAFF, NOW) == (CHAT,)
    assert alerted(rung(Recipient.CHAT, "другой"), 1, STAFF, NOW) == (HEAD,)


def test_a_rung_of_who_is_away_goes_to_who_stands_in() -> None:
    staff = staff_with(away(ANNA))
    assert alerted(rung(Recipient.MANAGER), 1, staff, NOW) == (BORIS,)
    assert alerted(rung(Recipient.PERSON, "N1"), 2, staff, NOW) == (BORIS,)
    told = alerted(rung(Recipient.DEPUTY), 1, staff, NOW)
    assert told == (HEAD,), "the deputy heard as the one who stands in"


def test_the_chain_of_deputies_ends_at_the_heads() -> None:
    assert in_place_of(BORIS, STAFF, NOW) == (BORIS,)
    assert in_place_of(away(ANNA, deputy=5), staff_with(), NOW) == (ADMIN,), "named for this time"
    staff = staff_with(away(ANNA), away(BORIS, deputy=5))
    assert in_place_of(staff[0], staff, NOW) == (ADMIN,)
    circle = staff_with(away(ANNA), away(BORIS, deputy=1))
    assert in_place_of(circle[0], circle, NOW) == (HEAD,)
    assert in_place_of(away(ANNA, deputy=3), STAFF, NOW) == (HEAD,), "the deputy has left"
    assert in_place_of(away(BORIS), STAFF, NOW) == (HEAD,), "there is no deputy"


def test_heads_are_never_nobody() -> None:
    assert heads((ANNA, ADMIN), NOW) == (ADMIN,)
    assert heads((ANNA, BORIS), NOW) == (ANNA, BORIS)
    gone = away(replace(HEAD, deputy_id=2))
    assert heads((ANNA, BORIS, gone), NOW) == (BORIS,), "the head's deputy"
    assert heads((ANNA, BORIS, away(HEAD, deputy=1)), NOW) == (ANNA,), "the absence's deputy"
    assert heads((ANNA, away(HEAD)), NOW) == (away(HEAD),), "rather than nobody"


def test_admins_are_never_nobody_and_never_a_chat() -> None:
    assert admins((ANNA, HEAD)) == (HEAD,)
    assert admins((ANNA, BORIS, GONE, CHAT)) == (ANNA, BORIS)


def test_who_stands_in_is_named_only_where_somebody_does() -> None:
    assert stand_in_of(None, STAFF, NOW) is None
    assert stand_in_of(GONE, STAFF, NOW) is None
    assert stand_in_of(GONE, staff_with(away(GONE)), NOW) is None
    assert stand_in_of(ANNA, STAFF, NOW) is None
    assert stand_in_of(ANNA, staff_with(away(ANNA)), NOW) == BORIS
    alone = away(HEAD)
    assert stand_in_of(alone, (ANNA, alone), NOW) is None


def test_somebody_whose_absence_is_over_is_there() -> None:
    over = replace(ANNA, absences=(Absence(1, NOW - timedelta(days=2), NOW, 2),))
    assert readers(1, staff_with(over), NOW) == (over,)
