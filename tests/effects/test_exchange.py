"""Exchanges against a loop over one window and one donor at a time."""

from __future__ import annotations

import numpy as np
import pytest

from generator.effects import exchange
from generator.effects.exchange import Change, ExplainedWindows, exchange_part
from generator.effects.part import Part
from generator.effects.scalar import define_scalar, evaluate_scalar, find_rivals
from tests.models_by_hand import make_model
from tests.windows_by_hand import make_windows

RNG = np.random.default_rng(0)
POOL = RNG.normal(size=(20, 6, 3))
VALUES = RNG.normal(size=(11, 6, 3))
DONORS = RNG.integers(0, 20, (11, 4))
MODEL = make_model(lambda x: (x[:, 1] * x[:, 4]).sum(dim=1).tanh() + x[:, 5, 2], ("a", "b", "c"), 6)
ANSWER = define_scalar(MODEL, make_windows(POOL, np.zeros(20)))
ASKED = ExplainedWindows(
    VALUES,
    find_rivals(ANSWER, VALUES),
    evaluate_scalar(ANSWER, VALUES, find_rivals(ANSWER, VALUES)),
)


def by_hand(part: Part) -> np.ndarray:
    """(windows, donors) F before less F after, one window and one donor at a time."""
    found = np.empty(DONORS.shape)
    for window, row in enumerate(DONORS):
        for place, donor in enumerate(row):
            changed = VALUES[window].copy()
            for time in range(part.first, part.last + 1):
                for sensor in part.columns:
                    changed[time, sensor] = POOL[donor][time, sensor]
            before, after = MODEL.predict(np.stack([VALUES[window], changed]))
            found[window, place] = before - after
    return found


@pytest.mark.parametrize("part", [Part((1,), 0, 5), Part((0, 2), 0, 5), Part((2, 1), 3, 4)])
def test_an_exchange_is_a_loop_by_hand(part: Part) -> None:
    """Same changes, in sd(F) and as shown; their means follow from them."""
    expected, found = by_hand(part), exchange_part(ANSWER, ASKED, POOL, DONORS, part)
    assert found.shown == pytest.approx(expected)
    assert found.f == pytest.approx(expected / ANSWER.sd)
    assert found.effect == pytest.approx(np.abs(expected).mean(axis=1) / ANSWER.sd)
    assert found.effect_shown == pytest.approx(np.abs(expected).mean(axis=1))


def test_only_the_part_is_changed() -> None:
    """Every reading outside the sensors and rows of the part stays what it was."""
    changed = VALUES.copy()
    Part((0, 2), 1, 3).put(changed, POOL[:11])
    inside = np.zeros((6, 3), dtype=bool)
    inside[1:4, [0, 2]] = True
    assert (changed[:, ~inside] == VALUES[:, ~inside]).all()
    assert (changed[:, inside] == POOL[:11][:, inside]).all()


def test_nothing_that_is_given_is_changed() -> None:
    """Windows, donors and pool are as before."""
    copies = VALUES.copy(), POOL.copy(), DONORS.copy()
    exchange_part(ANSWER, ASKED, POOL, DONORS, Part((0, 1, 2), 0, 5))
    for after, before in zip((VALUES, POOL, DONORS), copies, strict=True):
        assert (after == before).all()


@pytest.mark.parametrize("at_once", [1, 7, 9, 10_000])
def test_how_many_are_asked_at_once_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """The same numbers to the last bit but one, window by window or all together."""
    part = Part((1, 2), 2, 5)
    whole = exchange_part(ANSWER, ASKED, POOL, DONORS, part)
    monkeypatch.setattr(exchange, "AT_ONCE", at_once)
    parts = exchange_part(ANSWER, ASKED, POOL, DONORS, part)
    assert parts.f == pytest.approx(whole.f, rel=1e-14)
    assert parts.shown == pytest.approx(whole.shown, rel=1e-14)


def test_a_part_the_model_does_not_read_moves_nothing() -> None:
    """The oldest row is not in the formula: exactly 0."""
    assert (exchange_part(ANSWER, ASKED, POOL, DONORS, Part((0, 1, 2), 0, 0)).f == 0).all()


def test_exchanging_everything_gives_the_donors_answer() -> None:
    """The whole window from a donor: what is left is that donor's own answer."""
    found = exchange_part(ANSWER, ASKED, POOL, DONORS, Part((0, 1, 2), 0, 5)).shown
    expected = MODEL.predict(VALUES)[:, None] - MODEL.predict(POOL)[DONORS]
    assert found == pytest.approx(expected)


def test_an_effect_has_no_sign() -> None:
    """Answers that rise and that fall do not cancel."""
    moved = Change(np.array([[1.0, -1.0, 0.0, 0.0]]), np.zeros((1, 4)))
    assert moved.effect.tolist() == [0.5]
