"""Orders of exchange: what each moves, step by step, against loops by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from generator.effects import orders
from generator.effects.exchange import ExplainedWindows
from generator.effects.orders import Search
from generator.effects.part import Part
from generator.effects.scalar import define_scalar, evaluate_scalar, find_rivals
from generator.models.source import LoadedModel
from tests.models_by_hand import make_linear, make_model
from tests.windows_by_hand import make_windows

RNG = np.random.default_rng(0)
VALUES, DONORS = RNG.normal(size=(5, 6, 4)), RNG.normal(size=(5, 3, 6, 4))
ALONE = tuple(Part((at,), 0, 5) for at in range(4))
SPANS = tuple(Part((0, 1, 2, 3), at, at + 1) for at in (0, 2, 4))
SENSORS = ("a", "b", "c", "d")


def product(values: torch.Tensor) -> torch.Tensor:
    """Sensors that matter through one another."""
    return (values[:, :, 0] * values[:, :, 1]).sum(dim=1) + values[:, 3, 2]


def search(model: LoadedModel, parts: tuple[Part, ...] = ALONE) -> Search:
    answer = define_scalar(model, make_windows(RNG.normal(size=(40, 6, 4)), np.zeros(40)))
    pair = find_rivals(answer, VALUES)
    return Search(
        answer, ExplainedWindows(VALUES, pair, evaluate_scalar(answer, VALUES, pair)), DONORS, parts
    )


CURVED = search(make_model(product, SENSORS, 6))


def change_by_hand(found: Search, window: int, chosen: tuple[int, ...]) -> float:
    """Mean |F before - F after| over donors, in sd(F), of one window."""
    moved = []
    for donor in DONORS[window]:
        mixed = VALUES[window].copy()
        for at in chosen:
            part = found.parts[at]
            for column in part.columns:
                mixed[part.first : part.last + 1, column] = donor[
                    part.first : part.last + 1, column
                ]
        before, after = found.scalar.model.predict(np.stack([VALUES[window], mixed]))
        moved.append(abs(before - after))
    return float(np.mean(moved) / found.scalar.sd)


@pytest.mark.parametrize("parts", [ALONE, SPANS])
def test_a_change_is_a_loop_by_hand(parts: tuple[Part, ...]) -> None:
    """Any set of parts exchanged at once, another one in each window."""
    found = search(make_model(product, SENSORS, 6), parts)
    chosen = RNG.random((5, len(parts))) < 0.5
    expected = [change_by_hand(found, at, tuple(np.flatnonzero(chosen[at]))) for at in range(5)]
    assert found.change(chosen) == pytest.approx(expected)


def test_nothing_exchanged_changes_nothing() -> None:
    """And nothing that is given is changed."""
    before = VALUES.copy(), DONORS.copy()
    assert (CURVED.change(np.zeros((5, 4), dtype=bool)) == 0).all()
    CURVED.change(np.ones((5, 4), dtype=bool))
    assert (before[0] == VALUES).all()
    assert (before[1] == DONORS).all()


@pytest.mark.parametrize(("count", "steps"), [(1, 1), (2, 1), (3, 2), (8, 4), (16, 8), (40, 8)])
def test_half_of_the_parts_are_exchanged_and_eight_at_most(count: int, steps: int) -> None:
    """What a map ranks last is not asked."""
    parts = [Part((0,), 0, 0)] * count
    assert Search(CURVED.scalar, CURVED.windows, DONORS, parts).steps == steps


def test_a_drop_is_the_mean_over_the_steps() -> None:
    """First one part, then two: the mean of both changes, window by window."""
    order = np.stack([RNG.permutation(4) for _ in range(5)])
    expected = [
        np.mean([change_by_hand(CURVED, w, tuple(order[w, :k])) for k in (1, 2)]) for w in range(5)
    ]
    assert CURVED.measure_drop(order) == pytest.approx(expected)


def test_a_score_is_an_order_highest_first() -> None:
    """Ties keep the order of the parts."""
    score = RNG.random((5, 4))
    assert (
        CURVED.measure_score_drop(score) == CURVED.measure_drop(np.argsort(-score, axis=1))
    ).all()
    same = CURVED.measure_drop(np.tile(np.arange(4), (5, 1)))
    assert (CURVED.measure_score_drop(np.ones((5, 4))) == same).all()


def test_chance_is_the_mean_of_ten_orders_by_seed() -> None:
    """The same each time, another with another seed; near the mean over every order."""
    assert (CURVED.measure_chance_drop(7) == CURVED.measure_chance_drop(7)).all()
    assert (CURVED.measure_chance_drop(7) != CURVED.measure_chance_drop(8)).any()
    every = [
        CURVED.measure_drop(np.tile(order, (5, 1))) for order in itertools.permutations(range(4))
    ]
    assert CURVED.measure_chance_drop(7).mean() == pytest.approx(np.mean(every), rel=0.2)
    assert orders.CHANCE_ORDERS == 10


def test_alone_is_each_part_by_itself() -> None:
    """(windows, parts), by hand."""
    expected = [[change_by_hand(CURVED, w, (at,)) for at in range(4)] for w in range(5)]
    assert CURVED.measure_single_parts() == pytest.approx(np.array(expected))


def test_a_greedy_order_takes_what_moves_most_at_each_step() -> None:
    """Re-typed window by window; the rest follows, and each part stands once."""
    found = CURVED.find_greedy_order()
    for window in range(5):
        taken: list[int] = []
        for _ in range(CURVED.steps):
            left = [at for at in range(4) if at not in taken]
            best = max(left, key=lambda at: change_by_hand(CURVED, window, (*taken, at)))
            taken.append(best)
        assert found[window, : CURVED.steps].tolist() == taken
        assert sorted(found[window].tolist()) == [0, 1, 2, 3]


def test_where_effects_add_up_the_order_by_size_is_the_best_there_is() -> None:
    """A sensor of weight 1 beside small ones: no order of any window drops further first."""
    weights = np.zeros((6, 4))
    weights[:, 2], weights[:, 0] = 1.0, 0.01
    found = search(make_model(make_linear(weights), SENSORS, 6))
    best = found.measure_drop(found.find_greedy_order())
    every = [
        found.measure_drop(np.tile(order, (5, 1))) for order in itertools.permutations(range(4))
    ]
    assert (best >= np.max(every, axis=0) - 0.02).all()
    assert (found.find_greedy_order()[:, 0] == 2).all()


def test_what_orders_share_is_exchanged_once() -> None:
    """All 24 orders of four sensors, two deep: each of 4 + 6 sets is asked of, window by window."""
    passed: list[int] = []

    def counted(values: torch.Tensor) -> torch.Tensor:
        passed.append(len(values))
        return product(values)

    found = search(make_model(counted, SENSORS, 6))
    passed.clear()
    for order in itertools.permutations(range(4)):
        found.measure_drop(np.tile(order, (5, 1)))
    assert sum(passed) == (4 + 6) * 5 * 3
    passed.clear()
    known = found.measure_single_parts()
    assert passed == []
    assert known[3, 1] == pytest.approx(change_by_hand(found, 3, (1,)))
