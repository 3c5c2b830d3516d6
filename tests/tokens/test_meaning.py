"""What a manifest states of tokens: it completes a model's word, and never overrules it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import InputError
from generator.kinds import SpecialToken, TokenKind
from generator.models.source import load_model
from generator.spec.tokens import TokensSpec
from generator.tokens import cut
from generator.tokens.meaning import TokenMeaning, choose_meaning
from generator.tokens.names import name_tokens
from generator.words import token_sentence
from tests.conftest import ROOT
from tests.tokens.test_cut import rows

SENSORS = ("air", "fuel", "co")
UNKNOWN = TokenMeaning(TokenKind.POSITIONS)


def told(
    stated: TokenKind | TokensSpec | None,
    keys: int,
    known: TokenMeaning = UNKNOWN,
    window: int = 12,
) -> TokenMeaning:
    return choose_meaning(known, stated, window, SENSORS, keys)


def spec(**said: object) -> TokensSpec:
    return TokensSpec.model_validate(said)


def test_nothing_known_and_nothing_stated_are_positions() -> None:
    """No coverage, no names, and the words that say so."""
    found = told(None, 7)
    assert found == UNKNOWN
    assert found.words == token_sentence(TokenKind.POSITIONS)


@pytest.mark.parametrize(("kind", "keys"), [("sensors", 3), ("timesteps", 12)])
def test_a_stated_kind_is_its_usual_cut(kind: str, keys: int) -> None:
    """One word: one token per sensor, or one per row."""
    found = told(TokenKind(kind), keys)
    assert found.coverage is not None
    assert found.coverage.kind is found.kind is TokenKind(kind)
    assert len(found.coverage.tokens) == keys


@pytest.mark.parametrize("kind", [TokenKind.PATCHES, TokenKind.TEXT])
def test_a_kind_alone_that_gives_no_rows_gives_no_names(kind: TokenKind) -> None:
    """Patches of a length nobody says are a kind and no more."""
    assert told(kind, 5) == TokenMeaning(kind)


def test_stated_special_tokens_shift_no_sensor() -> None:
    """A class token before and a register after: each sensor keeps its name."""
    found = told(spec(kind="sensors", special=[0, -1]), 5)
    assert found.coverage is not None
    names = name_tokens(found.coverage, [""] * 12)
    assert names == ["[special 1]", "air", "fuel", "co", "[special 2]"]
    assert found.coverage.special == (0, 4)


def test_stated_patches_are_cut_as_they_say() -> None:
    """Length 8, stride 4 and a special first token over 12 rows: rows 0-7 and 4-11."""
    found = told(spec(kind="patches", length=8, stride=4, special=[0]), 3)
    assert found.coverage is not None
    assert rows(found.coverage) == [set(), set(range(8)), set(range(4, 12))]


@pytest.mark.parametrize(
    ("said", "keys", "expected"),
    [
        ({"length": 4}, 3, [range(4), range(4, 8), range(8, 12)]),
        ({"length": 5, "stride": 4, "start": 0}, 2, [range(5), range(4, 9)]),
        ({"length": 5, "stride": 4, "start": 3}, 2, [range(3, 8), range(7, 12)]),
        ({"length": 5, "start": -3}, 3, [range(2), range(2, 7), range(7, 12)]),
        ({"length": 4, "stride": 2}, 6, [range(at, min(at + 4, 12)) for at in range(0, 12, 2)]),
    ],
    ids=["side by side", "last dropped", "first dropped", "padded before", "padded after"],
)
def test_where_patches_start_and_end(
    said: dict[str, int], keys: int, expected: list[range]
) -> None:
    """Rows left over are dropped or padded as `start` says; more patches are padding after."""
    found = told(spec(kind="patches", **said), keys)
    assert found.coverage is not None
    assert rows(found.coverage) == [set(part) for part in expected]


@pytest.mark.parametrize(
    ("stated", "keys", "known", "says"),
    [
        (TokenKind.SENSORS, 12, TokenMeaning(TokenKind.TIMESTEPS),
         "states tokens: sensors, but the model's are timesteps"),
        (spec(kind="sensors"), 12, TokenMeaning(TokenKind.TIMESTEPS),
         "states tokens: sensors, but the model's are timesteps"),
        (spec(kind="patches", length=4), 5, UNKNOWN,
         "states 3 patches and 0 special tokens, but the attention is over 5 positions"),
        (spec(kind="patches", length=4, stride=2), 7, UNKNOWN,
         "states 5 patches and 0 special tokens, but the attention is over 7 positions"),
        (spec(kind="sensors", special=[0]), 3, UNKNOWN,
         "states 3 sensors and 1 special tokens, but the attention is over 3 positions"),
        (spec(kind="sensors", special=[4]), 4, UNKNOWN,
         "states tokens that do not fit: special positions 4 are not 1 of 4 tokens"),
        (spec(kind="sensors", special=[0, -5]), 5, UNKNOWN,
         "states tokens that do not fit: special positions 0, -5 are not 2 of 5 tokens"),
        (None, 4, TokenMeaning(TokenKind.SENSORS),
         "the model's tokens are 3 sensors, but its attention is over 4 positions: state which of "
         r"them are special, such as tokens: \{kind: sensors, special: \[0\]\}"),
        (None, 2, TokenMeaning(TokenKind.SENSORS),
         "over 2 positions; the model must say what they are"),
        (spec(kind="patches", length=4, stride=4), 3,
         TokenMeaning(TokenKind.PATCHES, cut.make_patch_tokens(12, SENSORS, 4, 3, count=3)),
         "the model's own cut differs"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(
    stated: TokenKind | TokensSpec | None, keys: int, known: TokenMeaning, says: str
) -> None:
    """A model's word, the window and the map: a statement against any of them is an error."""
    with pytest.raises(InputError, match=says):
        told(stated, keys, known)


def test_a_statement_may_complete_a_models_word() -> None:
    """A model says sensors; its map has one key more, which the manifest says is special."""
    known = TokenMeaning(TokenKind.SENSORS, cut.sensor_tokens(12, SENSORS))
    found = told(spec(kind="sensors", special=[0]), 4, known)
    assert found.coverage is not None
    assert name_tokens(found.coverage, [""] * 12) == ["[special]", "air", "fuel", "co"]


def test_a_statement_that_says_the_same_is_fine() -> None:
    """The model's own cut, stated once more."""
    own = cut.make_patch_tokens(12, SENSORS, 4, 4)
    found = told(spec(kind="patches", length=4), 3, TokenMeaning(TokenKind.PATCHES, own))
    assert found.coverage == own


def test_the_models_own_names_for_special_tokens_are_kept() -> None:
    """Where model and manifest agree on the rows, [CLS] is not called [special]."""
    own = cut.with_special(cut.make_patch_tokens(12, SENSORS, 4, 4), {0: SpecialToken.CLASS})
    stated = spec(kind="patches", length=4, special=[0])
    assert told(stated, 4, TokenMeaning(TokenKind.PATCHES, own)).coverage == own


def test_a_note_is_part_of_the_words() -> None:
    """What a reader must know besides stands behind what the kind says."""
    found = TokenMeaning(TokenKind.TIMESTEPS, cut.make_step_tokens(2, SENSORS, "Mixed before."))
    assert found.words == f"{token_sentence(TokenKind.TIMESTEPS)} Mixed before."


def test_a_loaded_model_and_its_coverage_are_of_one_mind() -> None:
    """A source whose coverage is of other sensors, rows or tokens than the model is refused."""
    combustion = ROOT / "generator" / "starter" / "models" / "combustion"
    model = load_model("safetensors", combustion, "net")
    assert model.coverage == cut.sensor_tokens(model.window, model.sensors)
    for other in (
        cut.make_step_tokens(model.window, model.sensors),
        cut.sensor_tokens(model.window - 1, model.sensors),
        cut.sensor_tokens(model.window, model.sensors[1:]),
    ):
        with pytest.raises(ValueError, match="not what the model says of itself"):
            replace(model, coverage=other)
