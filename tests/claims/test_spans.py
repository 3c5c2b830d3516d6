"""Claims about when: spans that held, told as one where they are neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from generator.claims.assess import assess
from generator.claims.family import state
from generator.claims.sensor_claims import GroupClaims
from generator.claims.span_claims import SpanClaims, join_spans, list_cells
from generator.claims.study import Study
from generator.effects.part import Part
from generator.kinds import Verdict
from generator.records import Claim, Thresholds
from tests.claims.questions import COPIES, SENSORS, make_question

HELD, NOT, WEAK = Verdict.SUPPORTED, Verdict.NOT_SUPPORTED, Verdict.WEAK


def cell(subject: str, first: int, verdict: Verdict) -> Claim:
    return Claim(
        id=f"cell:{subject}:{first}-{first + 1}",
        granularity="cell",
        subject=(subject,),
        first_row=first,
        last_row=first + 1,
        statement="",
        verdict=verdict,
        reason="",
    )


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([NOT, HELD, HELD, NOT], [(2, 5)]),
        ([HELD, HELD, HELD, HELD], [(0, 7)]),
        ([HELD, NOT, HELD, HELD], [(0, 1), (4, 7)]),
        ([HELD, WEAK, NOT, HELD], [(0, 1), (6, 7)]),
        ([WEAK, NOT, Verdict.NOT_ASSESSED, NOT], []),
    ],
)
def test_neighbours_that_held_are_one(
    verdicts: list[Verdict], expected: list[tuple[int, int]]
) -> None:
    """A gap, or a span that held only in part, parts them."""
    cells = [cell("a", 2 * at, verdict) for at, verdict in enumerate(verdicts)]
    found = join_spans(cells, 8, None)
    assert [(one.first_row, one.last_row) for one in found] == expected


def test_spans_of_two_groups_are_never_one() -> None:
    """The last span of one and the first of the next are no neighbours."""
    found = join_spans([cell("a", 6, HELD), cell("b", 8, HELD), cell("b", 0, HELD)], 10, 10.0)
    assert [one.subject for one in found] == [("a",), ("b",), ("b",)]
    assert [one.span for one in found] == [
        "30 s to 20 s before the last reading",
        "the last 20 s",
        "1 min 30 s to 1 min 20 s before the last reading",
    ]


def test_only_groups_with_an_effect_are_asked_when() -> None:
    """Held wholly or in part; each in every span, oldest first, over exactly its rows."""
    study = Study(make_question(0))
    groups = state(GroupClaims(study, None))
    partly = [g.model_copy(update={"verdict": WEAK}) if g.subject == ("b",) else g for g in groups]
    found = state(SpanClaims(study, list_cells(study, partly)))
    assert list(dict.fromkeys(c.subject for c in found)) == [("a",), ("b",), COPIES]
    rows = [(c.first_row, c.last_row) for c in found if c.subject == ("a",)]
    assert rows == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 11), (12, 13), (14, 15)]
    (one,) = [c for c in found if c.id == "cell:a:8-9"]
    alone = study.test(Part((0,), 8, 9))
    assert (one.effect, one.effect_sd) == (alone.effect, alone.effect_sd)
    assert one.statement == (
        "The model's prediction rests on a in 1 min 10 s to 1 min before the last reading."
    )


def test_spans_are_corrected_together() -> None:
    """Benjamini and Yekutieli over all spans of all groups."""
    study = Study(make_question(0))
    record = assess(make_question(0))
    asked = [(c.subject, c.first_row, c.last_row) for c in record.of("cell")]
    raw = [study.test(Part(study.places(s), a or 0, b or 0)).p for s, a, b in asked]
    expected = false_discovery_control(np.array(raw), method="by")
    assert [c.p for c in record.of("cell")] == pytest.approx(expected.tolist())


def test_a_span_is_held_against_the_windows_its_own_exchange_makes() -> None:
    """Where hardly an unusual window is allowed, no span that makes one is tested and held."""
    strict = make_question(0, limits=Thresholds(off_distribution_weak=0.0))
    study, record = Study(strict), assess(strict)
    spans = (*record.of("time"), *record.of("cell"))
    every = tuple(range(len(SENSORS)))
    for claim in spans:
        part = Part(study.places(claim.subject) or every, claim.first_row, claim.last_row)
        assert claim.unusual == study.unusual_share(part)
    unusual = [claim for claim in spans if claim.unusual]
    assert unusual
    assert Verdict.SUPPORTED not in {claim.verdict for claim in unusual}
    usual = {claim.id: claim.verdict for claim in assess(make_question(0)).claims}
    assert Verdict.SUPPORTED in {usual[claim.id] for claim in unusual}
