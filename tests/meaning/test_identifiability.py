"""What a token cannot carry, no measure may claim."""

from __future__ import annotations

import pytest

from generator.kinds import TokenKind
from generator.measures.catalogue import MEASURES
from generator.measures.identifiability import TABLE, find_identifiability
from generator.measures.measure import Measure

ATTENTION = ("received", "lift", "rollout", "flow", "value_norm", "sinks")
ROWS = ("focus", "entropy", "off_diagonal")
GRADIENTS = ("relevance", "gather", "used")
WHOLE = ("head_class", "redundancy", "effective_rank", "head_importance")
ABLATION = ("head_ablation", "layer_ablation")
BY_NAME = {measure.name: measure for measure in MEASURES}


def answers(measure: str, tokens: TokenKind) -> tuple[bool, bool]:
    """(sensors, steps)."""
    found = find_identifiability(BY_NAME[measure], tokens)
    return found.sensors.yes, found.steps.yes


@pytest.mark.parametrize("measure", ATTENTION + ROWS + GRADIENTS)
def test_positions_tell_what_their_tokens_are(measure: str) -> None:
    """A sensor's token a sensor, a step's token a step, a word or an unknown token neither."""
    assert answers(measure, TokenKind.SENSORS) == (True, False)
    assert answers(measure, TokenKind.TIMESTEPS) == (False, True)
    assert answers(measure, TokenKind.TEXT) == (False, False)
    assert answers(measure, TokenKind.POSITIONS) == (False, False)


def test_on_patches_only_gradients_tell_sensors_apart() -> None:
    """Attention of each series adds up to the same, whatever the model learned."""
    assert {m: answers(m, TokenKind.PATCHES) for m in ATTENTION + ROWS} == dict.fromkeys(
        ATTENTION + ROWS, (False, True)
    )
    assert {m: answers(m, TokenKind.PATCHES) for m in GRADIENTS} == dict.fromkeys(
        GRADIENTS, (True, True)
    )
    assert answers("used_by_series", TokenKind.PATCHES) == (True, False)


@pytest.mark.parametrize("tokens", TokenKind)
def test_heads_and_layers_tell_neither(tokens: TokenKind) -> None:
    """On no kind of token."""
    assert {answers(measure, tokens) for measure in WHOLE + ABLATION} == {(False, False)}


@pytest.mark.parametrize("tokens", [t for t in TokenKind if t is not TokenKind.PATCHES])
def test_series_are_only_apart_where_each_is_read_by_itself(tokens: TokenKind) -> None:
    """A share of each series says nothing where series are in one map."""
    assert answers("used_by_series", tokens) == (False, False)


def test_the_table_is_closed() -> None:
    """Every measure has a family, every family an answer for the kinds that are known."""
    named = (TokenKind.SENSORS, TokenKind.TIMESTEPS, TokenKind.PATCHES)
    families = {measure.family for measure in MEASURES} - {"whole"}
    assert set(TABLE) == {(family, tokens) for family in families for tokens in named}


@pytest.mark.parametrize("measure", MEASURES, ids=list(BY_NAME))
@pytest.mark.parametrize("tokens", TokenKind)
def test_every_answer_has_its_reason(measure: Measure, tokens: TokenKind) -> None:
    """One sentence, short, without the words of the trade."""
    told = find_identifiability(measure, tokens)
    for reason in (told.sensors.reason, told.steps.reason):
        assert reason[0].isupper()
        assert reason.count(".") == 1
        assert reason.endswith(".")
        assert len(reason) < 110
        assert not {"softmax", "channel", "embedding", "logit"} & set(reason.lower().split())
