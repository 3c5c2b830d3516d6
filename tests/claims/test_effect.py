"""The figures of one claim, recomputed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from generator.claims.assess import assess
from generator.claims.half import summarise_change
from generator.claims.study import Study
from generator.effects.donors import choose_donors
from generator.effects.exchange import Change
from generator.effects.intervals import holm, mean_interval, p_value_above
from generator.effects.part import Part
from tests.claims.questions import (
    GROUPS,
    ROWS,
    SENSORS,
    WEIGHTS,
    cut_runs,
    draw_readings,
    make_known_model,
    make_question,
)

STUDY = Study(make_question(0))
A = Part((0,), 0, ROWS - 1)


def moved(half: str) -> tuple[np.ndarray, np.ndarray]:
    """(windows, donors) changes of the prediction in one half, and each window's period."""
    side = getattr(STUDY, half)
    seed = {"naming": 3, "testing": 4}[half]
    donors = choose_donors(side.pool, side.windows.values, np.array([], int), 8, seed)
    here, there = side.windows.values[:, None, :, 0], side.pool.values[donors][:, :, :, 0]
    return ((here - there) * WEIGHTS[:, 0]).sum(axis=2), side.periods.codes


def test_an_effect_is_measured_on_the_testing_half_alone() -> None:
    """Mean size over donors, then over a period's windows, then over periods; in sd(F) and kW."""
    changes, codes = moved("testing")
    sizes = np.abs(changes).mean(axis=1)
    means = np.array([sizes[codes == code].mean() for code in np.unique(codes)])
    found, sd = STUDY.test(A), STUDY.scalar.sd
    reach = mean_interval(sizes, codes)
    assert reach is not None
    assert found.effect is not None
    assert found.effect_sd is not None
    assert found.effect.estimate == pytest.approx(means.mean())
    assert (found.effect.low, found.effect.high) == pytest.approx((reach.low, reach.high))
    assert found.effect_sd.estimate == pytest.approx(means.mean() / sd)
    assert found.p == p_value_above(sizes / sd, codes, 0.1)
    assert found.share == (means / sd > 0.1).mean()
    assert found.raised == pytest.approx((changes > 0).mean())
    assert (found.windows, found.periods, found.missing) == (90, 15, 0.0)


def test_the_naming_half_has_its_own_windows_and_donors() -> None:
    """Its mean effect, from other periods on both sides."""
    changes, codes = moved("naming")
    sizes = np.abs(changes).mean(axis=1)
    means = [sizes[codes == code].mean() for code in np.unique(codes)]
    assert STUDY.test(A).named_sd == pytest.approx(np.mean(means) / STUDY.scalar.sd)
    naming, testing = STUDY.naming, STUDY.testing
    assert set(naming.periods.codes) & set(testing.periods.codes) == set()
    assert set(naming.pool.codes) & set(testing.pool.codes) == set()


def test_windows_that_lack_too_much_are_left_out_of_every_figure() -> None:
    """As if they had not been there; a share up to the limit is kept."""
    values = draw_readings(0, 30)
    values[::6, :4, 1] = np.nan  # a quarter of b in one window of each run: over 20 %
    values[1::6, :3, 1] = np.nan  # three of sixteen: under
    filled = make_known_model(forward_input=lambda x: torch.from_numpy(np.nan_to_num(x)))
    study = Study(make_question(0, model=filled, explained=cut_runs(values)))
    found = study.test(Part((1,), 0, ROWS - 1))
    assert (found.windows, found.periods) == (75, 15)
    assert found.missing == pytest.approx(1 / 6)


def test_groups_are_corrected_together() -> None:
    """Holm over the six, as it stands beside each claim."""
    raw = np.array([STUDY.test(STUDY.whole(group)).p for group in GROUPS])
    claims = assess(make_question(0)).of("group")
    assert [claim.p for claim in claims] == pytest.approx(holm(raw).tolist())


def test_an_unusual_exchange_is_told_by_its_own_donors() -> None:
    """The share of exchanged windows beyond the limit, counted by hand for one group."""
    side, within = STUDY.testing, STUDY.envelope
    donors = choose_donors(side.pool, side.windows.values, np.array([], int), 8, 4)
    outside = []
    for window, row in enumerate(donors):
        for donor in row:
            mixed = side.windows.values[window].copy()
            mixed[:, 2] = side.pool.values[donor][:, 2]
            told = np.concatenate([mixed.mean(axis=0), mixed[-1]])
            outside.append(bool(within.outside(told[None])[0]))
    assert STUDY.unusual_share(STUDY.whole(("c",))) == pytest.approx(np.mean(outside))


@pytest.mark.parametrize(("regime", "columns", "matched"), [
    ((), (0,), ()),
    ((5,), (0,), (5,)),
    ((5,), (5,), ()),
    ((5, 0), (0, 1), (5,)),
])  # fmt: skip
def test_donors_are_matched_on_what_is_not_exchanged(
    regime: tuple[int, ...], columns: tuple[int, ...], matched: tuple[int, ...]
) -> None:
    """A regime sensor that is itself exchanged cannot be matched on."""
    asked = make_question(0, regime=tuple(SENSORS[at] for at in regime))
    assert Study(asked).testing.match(Part(columns, 0, ROWS - 1)) == matched


def test_a_range_stays_where_an_effect_can_lie() -> None:
    """Not below 0, and of a probability not above 100 points."""
    shown = np.array([1.0, 97, 99.5, 98, 99, 96, 2, 100])[:, None]
    found = summarise_change(Change(shown / 50, shown), np.arange(8), None, 0.1, most=100.0).effect
    free = mean_interval(shown[:, 0], np.arange(8))
    assert found is not None
    assert free is not None
    assert free.high is not None
    assert free.high > 100 == found.high
    some = np.array([0.1, 0.2, 0.01, 0.3, 0.02, 0.15, 0.25, 9.0])[:, None]
    low, bare = (
        summarise_change(Change(some, some), np.arange(8), None, 0.1),
        mean_interval(some[:, 0], np.arange(8)),
    )
    assert low.effect_sd is not None
    assert bare is not None
    assert bare.low is not None
    assert bare.low < 0 == low.effect_sd.low
