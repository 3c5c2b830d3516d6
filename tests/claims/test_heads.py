"""Heads and layers, their output replaced by its mean: against the same made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from generator.claims import head_claims
from generator.claims.head_claims import state_head_claims
from generator.claims.study import Study
from generator.effects.intervals import benjamini_yekutieli, mean_interval
from generator.kinds import Verdict
from tests.claims.attending_model import READ, make_attending_model, mix_by_hand
from tests.claims.questions import PASSED, make_question


def study(**changed: Any) -> Study:
    return Study(make_question(0, **{"model": make_attending_model(), **changed}))


STUDY = study()
CLAIMS, LEFT_OUT = state_head_claims(STUDY)


def test_each_layer_and_each_head_has_a_claim() -> None:
    """The layer first, then its heads, by the names pages use."""
    assert [claim.id for claim in CLAIMS] == ["layer:0", "head:0.0", "head:0.1"]
    assert [claim.subject for claim in CLAIMS] == [
        ("layer 0",),
        ("layer 0, head 0",),
        ("layer 0, head 1",),
    ]
    assert CLAIMS[1].statement == (
        "The model's prediction rests on the attention of layer 0, head 0."
    )
    assert LEFT_OUT == ()


def test_the_head_that_is_read_held_and_the_other_did_not() -> None:
    """And the layer is as its one head that counts."""
    verdicts = [claim.verdict for claim in CLAIMS]
    assert verdicts == [Verdict.SUPPORTED, Verdict.SUPPORTED, Verdict.NOT_SUPPORTED]
    assert CLAIMS[1].reason.startswith("Replacing its output by what it is on average changed the")
    assert " of its usual spread on average; it made a difference in " in CLAIMS[1].reason


def test_an_effect_is_what_the_mean_in_its_place_changes() -> None:
    """The head's output less its mean over 64 stand-in windows, position by position, by hand."""
    half = STUDY.testing
    here = mix_by_hand(torch.from_numpy(half.windows.values))
    usual = mix_by_hand(torch.from_numpy(STUDY.pool.values[:64])).mean(dim=0)
    change = ((here - usual)[:, 0] * READ[:4]).sum(dim=2).mean(dim=1).numpy()
    sizes = np.abs(change) / STUDY.scalar.sd
    expected = mean_interval(sizes, half.periods.codes)
    assert expected is not None
    for claim in CLAIMS[:2]:
        assert claim.effect_sd is not None
        assert claim.effect_sd.estimate == pytest.approx(expected.estimate)
        assert claim.effect_sd.low == pytest.approx(expected.low)
        assert claim.effect is None  # told in the answer's spread alone
    assert CLAIMS[2].effect_sd is not None
    assert CLAIMS[2].effect_sd.estimate == pytest.approx(0, abs=1e-12)


def test_the_model_is_asked_about_not_changed() -> None:
    """Its answers are what they were."""
    model = make_attending_model()
    values = STUDY.testing.windows.values
    before = model.predict(values)
    state_head_claims(study(model=model))
    assert (model.predict(values) == before).all()


def test_layers_and_heads_are_corrected_together() -> None:
    """Benjamini and Yekutieli over the three of them."""
    family = head_claims.HeadClaims(STUDY)
    raw = [family.measure(subject).p for subject in family.list_subjects()]
    assert [claim.p for claim in CLAIMS] == pytest.approx(
        benjamini_yekutieli(np.array(raw)).tolist()
    )


def test_a_gate_that_failed_holds_for_heads_too() -> None:
    """Nothing is said of the inside of a model that is not explained."""
    behind = PASSED.model_copy(update={"passed": False, "words": "It is behind."})
    claims, _ = state_head_claims(study(adequacy=behind))
    assert {(c.verdict, c.reason) for c in claims} == {(Verdict.NOT_ASSESSED, "It is behind.")}


def test_more_than_are_tested_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left out to bound the cost is said."""
    monkeypatch.setattr(head_claims, "MOST", 2)
    claims, left_out = state_head_claims(STUDY)
    assert len(claims) == 2
    assert left_out == ("2 of 3 heads and layers were tested",)


def test_a_model_without_an_answer_to_derive_is_not_tested() -> None:
    """The reason is said in plain words."""
    claims, left_out = state_head_claims(study(model=replace(make_attending_model(), answer=None)))
    assert claims == ()
    assert left_out == (
        "heads and layers were not tested: the model gives no answer that attention could be "
        "asked about",
    )
