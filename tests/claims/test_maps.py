"""May a map's ranking be believed? Graded on a model whose attention is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from generator.claims.map_skills import state_map_skills
from generator.claims.study import Study
from generator.claims.verdicts import judge_map
from generator.claims.window_maps import WindowMaps, lift_cells, used_cells
from generator.effects.orders import Search
from generator.effects.part import Part
from generator.kinds import TokenKind, Verdict
from generator.measures.lift import LIFT
from generator.records import EffectsBudget, Interval, Thresholds
from generator.tokens.families import make_usual_coverage
from generator.tokens.meaning import TokenMeaning
from tests.claims.attending_model import READ, make_attending_model, mix_by_hand
from tests.claims.questions import PASSED, ROWS, SENSORS, make_known_model, make_question

STEPS = TokenMeaning(TokenKind.TIMESTEPS, make_usual_coverage(TokenKind.TIMESTEPS, ROWS, SENSORS))
ALL_SENSORS = "Each token holds all sensors of one time step, so they share whatever it gets."
BEHIND = PASSED.model_copy(update={"passed": False, "words": "It is behind."})


def study(**changed: Any) -> Study:
    budget = EffectsBudget(searched=12)
    plain = {"model": make_attending_model(), "budget": budget, "tokens": STEPS}
    return Study(make_question(0, **{**plain, **changed}))


STUDY = study()
ROWS_OF = state_map_skills(STUDY)


def weights_by_hand(values: np.ndarray) -> np.ndarray:
    """(windows, 2, 16, 16): the attention of both heads, written out."""
    x = torch.from_numpy(values).unflatten(-1, (2, 4)).transpose(1, 2)
    return torch.softmax(x @ x.mT / 2.0, dim=-1).numpy()


def few() -> np.ndarray:
    """The places of the twelve windows that are graded, in the testing half."""
    return STUDY.testing.periods.sample_evenly(12, 6)


def test_every_map_has_a_row_at_both_granularities() -> None:
    """Sensors first, then time; the same three maps, each on the stated few windows."""
    assert [(row.name, row.granularity) for row in ROWS_OF] == [
        *((name, "sensor") for name in ("Lift", "Rollout", "Used")),
        *((name, "time") for name in ("Lift", "Rollout", "Used")),
    ]
    assert {row.windows for row in ROWS_OF} == {12}


def test_what_tokens_cannot_carry_is_not_graded() -> None:
    """Time steps rank no sensors: no figure at all, and the reason."""
    for row in ROWS_OF[:3]:
        assert (row.verdict, row.drop, row.skill) == (Verdict.NOT_IDENTIFIABLE, None, None)
    assert ROWS_OF[0].reason == ALL_SENSORS


def test_a_drop_is_that_of_the_maps_own_order() -> None:
    """Attention received beside an even share, by span, as an order of exchanges; by hand."""
    places, half = few(), STUDY.testing
    asked = half.windows.take(places)
    donors = half.pool.values[half.choose_donors((), 4)[places]]
    received = weights_by_hand(asked.values).mean(axis=(1, 2))
    spans = received.reshape(12, 8, 2).sum(axis=2)
    parts = [Part(tuple(range(8)), first, first + 1) for first in range(0, ROWS, 2)]
    search = Search(STUDY.scalar, asked, donors, parts)
    lifted = ROWS_OF[3]
    assert lifted.drop == pytest.approx(search.measure_score_drop(spans).mean())
    assert lifted.chance == pytest.approx(search.measure_chance_drop(7).mean())
    assert lifted.best is not None
    assert lifted.best >= search.measure_drop(search.find_greedy_order()).mean() - 1e-12
    assert lifted.skill is not None
    expected = (lifted.drop - lifted.chance) / (lifted.best - lifted.chance)
    assert lifted.skill.estimate == pytest.approx(expected)


def test_a_lift_is_received_beside_an_even_share() -> None:
    """Each step's sixteen times its mean attention, spread over its eight cells."""
    asked, coverage = STUDY.testing.windows.take(np.arange(4)), STEPS.coverage
    assert coverage is not None
    received = weights_by_hand(asked.values).mean(axis=(1, 2))
    cells = lift_cells(STUDY.scalar, asked, coverage)
    assert cells.shape == (4, ROWS, 8)
    assert cells.sum(axis=2) == pytest.approx(16 * received, rel=1e-4)
    assert cells[:, :, 0] == pytest.approx(cells[:, :, 7])


def test_used_is_what_the_answer_takes_from_each_step() -> None:
    """|sum over queries of attention x what a value gives to F|, head by head, by hand."""
    asked, coverage = STUDY.testing.windows.take(np.arange(3)), STEPS.coverage
    assert coverage is not None
    weights = weights_by_hand(asked.values)
    given = asked.values @ np.diag(READ.numpy())  # what each key's value adds to F, times 16
    per_head = given.reshape(3, ROWS, 2, 4).sum(axis=3).transpose(0, 2, 1)
    expected = np.abs(weights.sum(axis=2) * per_head).sum(axis=1) / 16 / STUDY.scalar.sd
    cells = used_cells(STUDY.scalar, asked, coverage)
    assert cells.sum(axis=2) == pytest.approx(expected, rel=1e-4)


def test_cells_are_summed_by_sensor_and_by_span() -> None:
    """Nothing is lost on the way."""
    cells = np.arange(24.0).reshape(1, 4, 6)
    maps = WindowMaps(LIFT, cells)
    assert maps.sensors().tolist() == [cells[0].sum(axis=0).tolist()]
    assert maps.spans(np.array([0, 1])).tolist() == [[cells[0, 0].sum(), cells[0, 1:].sum()]]


def test_a_model_in_disorder_is_asked_and_put_back() -> None:
    """A rank correlation beside each grade; the weights are bit for bit what they were."""
    model = make_attending_model()
    before = [weight.detach().clone() for weight in model.module.parameters()]
    rows = state_map_skills(study(model=model))
    assert all(torch.equal(a, b) for a, b in zip(before, model.module.parameters(), strict=True))
    for row in rows[3:]:
        assert row.shuffled_rho is not None
        assert -1 <= row.shuffled_rho <= 1
    assert {row.shuffled_rho for row in rows[:3]} == {None}


def test_two_calls_grade_alike() -> None:
    """Windows, donors, random orders and disorder are all drawn by seed."""
    assert state_map_skills(study()) == ROWS_OF


def test_a_gate_that_failed_holds_for_maps_too() -> None:
    """Not assessed where they could be graded; what tokens cannot carry stays that."""
    rows = state_map_skills(study(adequacy=BEHIND))
    assert {(row.verdict, row.reason) for row in rows[3:]} == {
        (Verdict.NOT_ASSESSED, "It is behind.")
    }
    assert {row.verdict for row in rows[:3]} == {Verdict.NOT_IDENTIFIABLE}


def test_a_model_without_attention_has_maps_that_were_not_read() -> None:
    """A formula in place of a network: said of each map that could have been graded."""
    rows = state_map_skills(study(model=make_known_model()))
    assert {(row.verdict, row.reason) for row in rows[3:]} == {
        (Verdict.NOT_ASSESSED, "This map could not be read window by window.")
    }
    assert {row.drop for row in rows} == {None}


def test_tokens_that_are_mere_positions_carry_nothing() -> None:
    """The model does not say what they are: neither sensors nor moments."""
    rows = state_map_skills(study(tokens=TokenMeaning(TokenKind.POSITIONS, None)))
    assert {row.verdict for row in rows} == {Verdict.NOT_IDENTIFIABLE}
    assert {row.skill for row in rows} == {None}


def test_nothing_is_graded_where_nothing_is_searched() -> None:
    """A budget of no windows: no rows."""
    assert state_map_skills(study(budget=EffectsBudget(searched=0))) == ()


def skill(estimate: float, low: float, high: float) -> Interval:
    return Interval(estimate=estimate, low=low, high=high)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (skill(0.6, 0.3, 0.9), Verdict.SUPPORTED),
        (skill(0.5, 0.26, 0.7), Verdict.SUPPORTED),
        (skill(0.6, 0.25, 0.9), Verdict.WEAK),
        (skill(0.49, 0.4, 0.6), Verdict.WEAK),
        (skill(0.1, -0.3, 0.5), Verdict.WEAK),
        (skill(0.1, -0.3, 0.49), Verdict.NOT_SUPPORTED),
        (skill(-0.5, -0.9, -0.1), Verdict.NOT_SUPPORTED),
    ],
)
def test_the_verdict_on_a_skill(found: Interval, verdict: Verdict) -> None:
    """Half of the way, surely above a quarter; did not hold only where all lies below half."""
    got, reason = judge_map(PASSED, True, found, Thresholds())
    assert got is verdict
    assert reason.startswith("Exchanging what it ranks first moves the answer ")
    assert reason.endswith(
        " from a random order to the best one found; 0.50 is needed, and more than 0.25 at its "
        "lower end."
    )


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            None,
            "The best order found moves the answer hardly further than a random one: there is "
            "nothing to grade a ranking by.",
        ),
        (Interval(estimate=0.9), "Too few independent periods to grade a ranking on."),
    ],
)
def test_a_skill_that_cannot_be_measured_is_not_assessed(
    found: Interval | None, reason: str
) -> None:
    """No way to measure along, or too few periods for a range."""
    assert judge_map(PASSED, True, found, Thresholds()) == (Verdict.NOT_ASSESSED, reason)


def test_attention_written_out_is_the_models() -> None:
    """What the tests above compare with is what the model itself computes."""
    values = torch.from_numpy(STUDY.testing.windows.values[:5])
    by_hand = (mix_by_hand(values).transpose(1, 2).flatten(2) * READ).sum(dim=2).mean(dim=1)
    assert make_attending_model().predict(values.numpy()) == pytest.approx(by_hand.numpy())
