"""Two reports' claims side by side: what is matched, what changed, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scipy.stats import spearmanr

from generator.comparison.claim_pairs import compare_claims
from generator.kinds import Verdict
from generator.records import Claim, ClaimsRecord, RunRecord, Thresholds
from generator.records.claim_comparison import ClaimsComparison
from generator.records.ranks import Alikeness
from tests.claims_by_hand import make_claim, make_claims_record
from tests.site.records_for_pages import make_sensor_run

HELD, WEAK, NOT = Verdict.SUPPORTED, Verdict.WEAK, Verdict.NOT_SUPPORTED
RUN = make_sensor_run()[0]
SIX = ("air", "co", "fuel", "nox", "o2", "temp")


def run(claims: ClaimsRecord | None, name: str = "one", **model: object) -> RunRecord:
    """The hand-made run with some claims; its model changed as said."""
    assert RUN.model is not None
    update = {"id": name, "claims": claims, "model": RUN.model.model_copy(update=model)}
    return RUN.model_copy(update=update)


def compared(a: ClaimsRecord, b: ClaimsRecord) -> ClaimsComparison:
    """The comparison of two runs that differ in their claims only."""
    found = compare_claims(run(a), run(b, "other"), same_windows=True)
    assert found is not None
    return found


def groups(effects: Sequence[float], names: Sequence[str] = SIX) -> list[Claim]:
    return [make_claim([name], effect) for name, effect in zip(names, effects, strict=True)]


def test_claims_are_matched_by_what_they_are_about() -> None:
    """The order of a group's sensors does not count; both verdicts and reasons stand together."""
    a = make_claims_record([make_claim(["air", "fuel"], 0.5), make_claim(["co"], 0.05, NOT)])
    b = make_claims_record([make_claim(["co"], 0.3, WEAK), make_claim(["fuel", "air"], 0.4)])
    found = compared(a, b)
    assert [(c.id, c.verdict_a, c.verdict_b) for c in found.claims] == [
        ("group:air+fuel", HELD, HELD),
        ("group:co", NOT, WEAK),
    ]
    (changed,) = found.changed
    assert (changed.reason_a, changed.reason_b) == ("co: not supported.", "co: weak.")
    assert changed.effect_sd_a == a.claims[1].effect_sd
    assert changed.effect_b == b.claims[0].effect


def test_groups_that_differ_are_named_and_nothing_of_them_is_compared() -> None:
    """Not the group, not its members, not its spans; the others are."""
    a = make_claims_record(
        [
            *(make_claim(["air", "fuel"], 0.5), make_claim(["co"], 0.2)),
            *(
                make_claim(["air"], 0.4, WEAK, "sensor"),
                make_claim(["air", "fuel"], 0.3, HELD, "cell", (0, 7)),
            ),
        ]
    )
    b = make_claims_record(
        [make_claim(["air"], 0.4), make_claim(["fuel"], 0.3), make_claim(["co"], 0.1)],
    )
    found = compared(a, b)
    assert [c.id for c in found.claims] == ["group:co"]
    assert found.only_a == (("air", "fuel"),)
    assert found.only_b == (("air",), ("fuel",))


def test_spans_are_matched_by_their_rows_and_the_rest_is_counted() -> None:
    """A span asked in one report only has no counterpart; it is not called a change."""
    a = make_claims_record([make_claim(["co"], 0.5), make_claim(["co"], 0.3, HELD, "cell", (0, 7))])
    b = make_claims_record(
        [
            make_claim(["co"], 0.5),
            make_claim(["co"], 0.2, WEAK, "cell", (0, 7)),
            make_claim(["co"], 0.2, WEAK, "cell", (8, 15)),
        ]
    )
    found = compared(a, b)
    assert [c.id for c in found.changed] == ["cell:co:0-7"]
    assert (found.asked_a, found.asked_b) == (0, 1)


def test_heads_and_layers_are_each_models_own() -> None:
    """Head 0.1 of one model is not head 0.1 of another."""
    same = make_claims_record(
        [
            make_claim(["co"], 0.5),
            make_claim(["0.1"], 0.2, HELD, "head"),
            make_claim(["0"], 0.2, HELD, "layer"),
        ]
    )
    assert [c.granularity for c in compared(same, same).claims] == ["group"]


def test_orders_are_compared_as_scipy_does() -> None:
    """Rho of the shared groups' effects, what two tops share, and how many count."""
    one, other = [0.6, 0.5, 0.4, 0.3, 0.2, 0.05], [0.5, 0.6, 0.45, 0.04, 0.3, 0.02]
    ranks = compared(make_claims_record(groups(one)), make_claims_record(groups(other))).ranks
    assert ranks is not None
    assert ranks.spearman == pytest.approx(spearmanr(one, other).statistic)
    assert ranks.low is not None
    assert ranks.high is not None
    assert ranks.low <= ranks.spearman <= ranks.high
    assert [(top.k, set(top.shared)) for top in ranks.overlaps] == [
        (3, {"air", "co", "fuel"}),
        (5, {"air", "co", "fuel", "nox", "o2"}),
    ]
    assert (ranks.above_both, ranks.above_one, ranks.above_none) == (4, 1, 1)
    assert ranks.alikeness is Alikeness.MORE  # 1 - 6 * 4 / 210 = 0.89; chance reaches 0.83


def test_effects_without_an_interval_have_no_range() -> None:
    """One period says nothing of the next; the order itself is still compared."""
    a, b = make_claims_record(groups(range(6))), make_claims_record(groups(range(6)))
    alone = a.claims[0].model_copy(update={"periods": 1})
    ranks = compared(a.model_copy(update={"claims": (alone, *a.claims[1:])}), b).ranks
    assert ranks is not None
    assert ranks.spearman == pytest.approx(1)
    assert (ranks.low, ranks.high) == (None, None)
    assert "too few independent periods" in ranks.interval_reason


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        (make_claims_record(groups([1, 2], SIX[:2])), make_claims_record(groups([1, 2], SIX[:2])),
         "fewer than 3 sensor groups are shared"),
        (make_claims_record(groups(range(6))), make_claims_record(groups(range(6)), passed=False),
         "the model of other is not good enough to be explained"),
        (make_claims_record([make_claim([name], None) for name in SIX]),
         make_claims_record(groups(range(6))),
         "fewer than 3 sensor groups are shared"),
    ],
)  # fmt: skip
def test_orders_are_not_compared_without_something_to_order(
    a: ClaimsRecord, b: ClaimsRecord, why: str
) -> None:
    """Too few groups, or a model that is not worth explaining; verdicts still stand together."""
    found = compared(a, b)
    assert (found.ranks, found.ranks_reason) == (None, why)
    assert len(found.claims) == len(a.claims)


def test_other_windows_are_refused() -> None:
    """Nothing of the two is set beside each other."""
    same = make_claims_record(groups(range(6)))
    found = compare_claims(run(same), run(same, "other"), same_windows=False)
    assert found == ClaimsComparison(reason="the two reports explain different windows")
    few = same.model_copy(update={"population": "6 windows that the event follows"})
    assert compared(same, few).reason == "the two reports explain different windows"


@pytest.mark.parametrize("model", [{"target": "nox"}, {"classes": ("healthy", "bearing")}])
def test_effects_on_other_targets_are_never_compared(model: dict[str, object]) -> None:
    """A sentence in place of every figure."""
    same = make_claims_record(groups(range(6)))
    found = compare_claims(run(same), run(same, "other", **model), same_windows=True)
    assert found is not None
    assert found.reason.startswith("the two models answer different questions (one: co_break")
    assert (found.claims, found.ranks) == ((), None)


def test_raw_effects_of_other_units_are_never_compared() -> None:
    """In the spread of each answer they are; the raw ones are left out and the reason given."""
    a, b = (
        make_claims_record(groups(range(6)), unit="K"),
        make_claims_record(groups(range(6)), unit="degF"),
    )
    found = compared(a, b)
    assert found.effects_reason == "effects of one are in K, of the other in degF"
    assert found.unit == ""
    assert {(c.effect_a, c.effect_b) for c in found.claims} == {(None, None)}
    assert all(c.effect_sd_a and c.effect_sd_b for c in found.claims)
    assert found.ranks is not None


def test_other_periods_and_thresholds_are_noted() -> None:
    """A verdict may differ for them alone."""
    a = make_claims_record(groups(range(6)))
    b = make_claims_record(groups(range(6)), limits=Thresholds(floor_sd=0.2)).model_copy(
        update={"period_word": "stretch of 6 h", "periods": 9}
    )
    assert compared(a, a).notes == ()
    assert compared(a, b).notes == (
        "Independent periods are not the same: 22 (run) for one, 9 (stretch of 6 h) for other.",
        "The two were judged by different thresholds: floor_sd.",
    )


def test_a_report_without_claims_has_nothing_to_compare() -> None:
    """None, on either side."""
    some = run(make_claims_record(groups(range(6))))
    assert compare_claims(some, run(None, "other"), same_windows=True) is None
    assert compare_claims(run(None), some, same_windows=True) is None
