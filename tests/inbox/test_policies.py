"""Which target and which ladder: tier, channel, kind of channel, base; first contacts."""

from datetime import timedelta

import pytest

from inbox.policies import NEWCOMER, Policies, Promised, Step
from inbox.sla import Policy, Recipient, Rung

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BASE = Promised(
    "base", 60 * MINUTE, steps=(Step(Recipient.HEAD), Step(Recipient.MANAGER, after=45 * MINUTE))
)
MAIL = Promised("email", 240 * MINUTE, first_reply_within=120 * MINUTE)
SALES = Promised("email:sales", 90 * MINUTE, steps=(Step(Recipient.CHAT, name="sales"),))
GOLD = Promised("gold", 30 * MINUTE, first_reply_within=20 * MINUTE)
LOUD = Promised("loud", steps=(Step(Recipient.HEAD, after=5 * MINUTE),))
POLICIES = Policies(
    BASE,
    channels={"email": MAIL, "email:sales": SALES},
    tiers={"gold": GOLD, "loud": LOUD},
    newcomer_within=10 * MINUTE,
)


@pytest.mark.parametrize(
    ("channel", "tier", "first", "within", "name"),
    [
        ("telegram", None, False, 60, "base"),
        ("telegram", None, True, 60, "base"),
        ("telegram", "silver", True, 60, "base"),
        ("email:studio", None, False, 240, "email"),
        ("email:studio", None, True, 120, "email"),
        ("email:sales", None, False, 90, "email:sales"),
        ("email:sales", None, True, 90, "email:sales"),
        ("email:sales", "gold", False, 30, "gold"),
        ("telegram", "gold", True, 20, "gold"),
        ("email:sales", "loud", False, 90, "email:sales"),
        ("telegram", "loud", False, 60, "base"),
    ],
)
def test_the_nearest_level_that_says_something_promises(
    channel: str, tier: str | None, first: bool, within: int, name: str
) -> None:
    policy = POLICIES.policy(channel, tier, first=first)
    assert policy.reply_within == within * MINUTE
    assert policy.name == name


@pytest.mark.parametrize(
    ("channel", "tier", "told"),
    [
        ("telegram", None, [(45, Recipient.MANAGER), (60, Recipient.HEAD)]),
        ("email:studio", None, [(45, Recipient.MANAGER), (240, Recipient.HEAD)]),
        ("email:sales", None, [(90, Recipient.CHAT)]),
        ("email:sales", "gold", [(30, Recipient.CHAT)]),
        ("telegram", "gold", [(30, Recipient.HEAD), (45, Recipient.MANAGER)]),
        ("email:sales", "loud", [(5, Recipient.HEAD)]),
    ],
)
def test_the_ladder_is_of_the_nearest_level_that_has_one_by_the_target_that_holds(
    channel: str, tier: str | None, told: list[tuple[int, Recipient]]
) -> None:
    ladder = POLICIES.policy(channel, tier, first=False).ladder
    assert [(rung.after // MINUTE, rung.notify) for rung in ladder] == told


def test_a_channel_without_a_kind_is_asked_once() -> None:
    policies = Policies(BASE, channels={"telegram": Promised("telegram", 15 * MINUTE)})
    assert policies.policy("telegram", None, first=True).name == "telegram"
    assert policies.policy("telegram:second", None, first=True).name == "telegram"
    assert policies.policy("email:telegram", None, first=True).name == "base"


def test_who_was_never_seen_before_is_promised_the_first_contacts_target() -> None:
    met = POLICIES.policy("email:sales", "gold", first=True, newcomer=True)
    assert (met.reply_within, met.name) == (10 * MINUTE, NEWCOMER)
    assert met.ladder == (Rung(10 * MINUTE, Recipient.CHAT, name="sales"),)
    usual = Policies(BASE).policy("telegram", None, first=True, newcomer=True)
    assert (usual.reply_within, usual.name) == (HOUR, "base")


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (Step(Recipient.HEAD, after=45 * MINUTE), 45),
        (Step(Recipient.HEAD, after=timedelta()), 0),
        (Step(Recipient.HEAD, after=-5 * MINUTE), 0),
        (Step(Recipient.HEAD), 60),
        (Step(Recipient.HEAD, after_due=-15 * MINUTE), 45),
        (Step(Recipient.HEAD, after_due=-90 * MINUTE), 0),
        (Step(Recipient.HEAD, after_due=90 * MINUTE), 150),
    ],
)
def test_a_rung_before_the_start_comes_at_the_start(step: Step, after: int) -> None:
    assert step.rung(HOUR) == Rung(after * MINUTE, Recipient.HEAD)


def test_a_rung_is_told_to_whom_and_when_its_step_says() -> None:
    step = Step(Recipient.PERSON, after=MINUTE, name="Анна", any_time=True)
    assert step.rung(HOUR) == Rung(MINUTE, Recipient.PERSON, any_time=True, name="Анна")


def test_rungs_are_in_order_and_those_of_one_instant_as_they_were_set() -> None:
    steps = (
        Step(Recipient.HEAD, after_due=HOUR),
        Step(Recipient.DEPUTY),
        Step(Recipient.CHAT, after_due=-30 * MINUTE),
        Step(Recipient.PERSON, after=HOUR),
        Step(Recipient.MANAGER, after=15 * MINUTE),
    )
    ladder = Policies(Promised("", HOUR, steps=steps)).policy("telegram", None, first=True).ladder
    assert [rung.notify for rung in ladder] == [
        Recipient.MANAGER,
        Recipient.CHAT,
        Recipient.DEPUTY,
        Recipient.PERSON,
        Recipient.HEAD,
    ]


def test_no_level_need_have_a_ladder() -> None:
    assert Policies(Promised("", HOUR)).policy("telegram", None, first=True).ladder == ()


def test_one_policy_for_everybody_is_that_policy() -> None:
    ladder = (
        Rung(MINUTE, Recipient.PERSON, any_time=True, name="Анна"),
        Rung(HOUR, Recipient.HEAD),
    )
    policy = Policies.only(Policy(HOUR, ladder)).policy("email:x", "gold", first=True)
    assert policy == Policy(HOUR, ladder)
