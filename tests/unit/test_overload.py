"""What is let in is done in about a second; others are told when to come again."""

from libs.web.doors import Door, Speed


def test_a_slow_door_lets_in_no_more_acts_than_its_floor() -> None:
    door = Door(capacity=8, acts_at_least=2)
    for _ in range(2):
        assert door.refusal(act=True) is None
        door.enter(act=True)
    refused = door.refusal(act=True)
    assert refused is not None
    assert (refused.status_code, refused.more.headers["Retry-After"]) == (503, "1")
    assert door.refused_within(60) == 1
    assert door.refusal(act=False) is None
    door.leave(act=True)
    assert door.refusal(act=True) is None


def test_a_fast_door_lets_more_acts_in_and_a_slow_second_takes_little_of_it_away() -> (
    None
):
    now = [0.0]
    speed = Speed(lambda: now[0])
    for number in range(1, 101):
        now[0] = number / 100
        speed.done()
    assert speed.per_second == 100
    now[0] = 3
    speed.done()
    assert speed.per_second == 80


def test_a_full_door_turns_readers_away_too() -> None:
    door = Door(capacity=1)
    door.enter(act=False)
    assert door.refusal(act=False) is not None
