"""`generator.compare`: the guide's two summaries side by side, or a reason why not."""

from __future__ import annotations

import numpy as np
import pytest

from generator import AttentionSummary, AttentionWeights, compare
from generator.kinds import TokenKind
from generator.measures.summary import summarise
from generator.records.ranks import Alikeness

SENSORS = ["fuel", "air", "oxygen", "co"]


def weights(
    order: list[str], *, heads: int = 2, averaged: int = 1, **fields: object
) -> AttentionWeights:
    """Every query gives .4, .3, .2, .1 to the keys, in the order of `order`."""
    share = {name: 0.4 - 0.1 * rank for rank, name in enumerate(order)}
    names = fields.pop("names", SENSORS)
    row = np.array([share[name] for name in names])
    maps = np.broadcast_to(row, (1, heads, len(row), len(row))).astype(np.float32)
    return AttentionWeights(maps, averaged_heads=averaged, **fields)  # type: ignore[arg-type]


def sensors(order: list[str], **fields: object) -> AttentionSummary:
    names = fields.get("names", SENSORS)
    made = weights(order, feature_names=names, tokens=TokenKind.SENSORS, **fields)
    return summarise(made)


def test_sensors_are_matched_by_name_whatever_their_order() -> None:
    """The same ranking read in another order: every rank is the same, and so is every map."""
    found = compare(sensors(SENSORS), sensors(SENSORS, names=SENSORS[::-1]))
    assert found.comparable
    assert [(p.name, p.index_b, p.rank_a, p.rank_b) for p in found.positions] == [
        ("fuel", 3, 1, 1),
        ("air", 2, 2, 2),
        ("oxygen", 1, 3, 3),
        ("co", 0, 4, 4),
    ]
    assert found.ranks is not None
    assert (found.ranks.spearman, found.ranks.js_distance) == (pytest.approx(1), pytest.approx(0))
    assert [m.likeness for m in found.matches_a] == pytest.approx([1, 1])


def test_differences_are_b_minus_a() -> None:
    """Fuel falls from first to last: three places."""
    found = compare(sensors(SENSORS), sensors(["air", "oxygen", "co", "fuel"]))
    assert [p.rank_change for p in found.positions] == [3, -1, -1, -1]
    assert [p.importance_b for p in found.positions] == pytest.approx([0.1, 0.4, 0.3, 0.2])


def test_four_sensors_can_never_agree_beyond_chance() -> None:
    """Even the same order of four comes up too often among shuffled ones."""
    found = compare(sensors(SENSORS), sensors(SENSORS))
    assert found.ranks is not None
    assert (found.ranks.chance, found.ranks.alikeness) == (pytest.approx(1), Alikeness.CHANCE)


def test_a_sensor_of_one_model_only_is_named_and_left_out() -> None:
    """Ranks are counted over the shared sensors; maps are scaled to them."""
    names = ["fuel", "air", "oxygen", "nox"]
    found = compare(sensors(SENSORS), sensors(names, names=names))
    assert (found.only_a, found.only_b) == (("co",), ("nox",))
    assert [p.name for p in found.positions] == ["fuel", "air", "oxygen"]
    assert found.ranks is not None
    assert found.ranks.js_distance == pytest.approx(0)


def test_names_given_by_hand_make_sensors() -> None:
    """Hand-made weights with feature names are compared by them."""
    one = summarise(weights(SENSORS, feature_names=SENSORS))
    assert compare(one, one).comparable


def steps(names: list[str]) -> AttentionSummary:
    return summarise(weights(names, names=names, timestep_names=names, tokens=TokenKind.TIMESTEPS))


NOT_COMPARABLE = [
    (sensors(SENSORS), steps(["-3", "-2", "-1", "now"]),
     "the tokens of unknown (a) are sensors and those of unknown (b) are time steps, so their "
     "rankings are about different things"),
    (steps(["-3", "-2", "-1", "now"]), steps(["-6", "-4", "-2", "now"]),
     "the two models look at different windows of time"),
    (summarise(weights(SENSORS)), summarise(weights(SENSORS)),
     "tokens are unknown positions without known names, so it is not known which of them are the "
     "same"),
    (summarise(weights(SENSORS, tokens=TokenKind.PATCHES)),
     summarise(weights(SENSORS, tokens=TokenKind.PATCHES)),
     "tokens are time spans without known names, so it is not known which of them are the same"),
    (sensors(SENSORS), sensors(["w", "x", "y", "z"], names=["w", "x", "y", "z"]),
     "the two models read fewer than two sensors in common"),
    (sensors(SENSORS), sensors(SENSORS, group="cross"),
     "one side is encoder attention, the other cross attention"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "reason"), NOT_COMPARABLE)
def test_what_may_not_be_compared_has_a_reason_and_no_number(
    one: AttentionSummary, other: AttentionSummary, reason: str
) -> None:
    """One sentence; no rank, no likeness, no matched head. Each model's own patterns stay."""
    found = compare(one, other)
    assert (found.comparable, found.reason) == (False, reason)
    assert (found.positions, found.ranks, found.matches_a, found.matches_b) == ((), None, (), ())
    assert len(found.heads_a) == len(found.heads_b) == 2


def test_the_same_time_steps_are_compared() -> None:
    """Equal labels are the same moments."""
    labels = ["-3", "-2", "-1", "now"]
    assert compare(steps(labels), steps(labels)).comparable


def test_averaged_heads_are_not_taken_for_heads() -> None:
    """Ranks are compared; heads are not there, and the reason names whose."""
    found = compare(sensors(SENSORS), sensors(SENSORS, heads=1, averaged=4, model_name="large"))
    assert found.comparable
    assert found.heads_reason == "only the mean of the heads was kept for large"
    assert (found.heads_b, found.matches_a) == ((), ())
    assert len(found.heads_a) == 2


def test_a_summary_without_weights_is_refused() -> None:
    """Nothing is compared with nothing."""
    with pytest.raises(ValueError, match="carries no attention: make it with"):
        compare(AttentionSummary(), sensors(SENSORS))
