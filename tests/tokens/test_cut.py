"""Cuts of a window by hand, or by transformers' own code on a window that counts its rows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import PatchTSTConfig, TimeSeriesTransformerConfig, TimeSeriesTransformerModel
from transformers.models.informer.modeling_informer import InformerConvLayer
from transformers.models.patchtst.modeling_patchtst import PatchTSTPatchify

from generator.datasets.row_labels import label_steps
from generator.kinds import SpecialToken, TokenKind
from generator.records import TokenCoverage, TokenSpan
from generator.tokens import cut
from generator.tokens.families import find_coverage
from generator.tokens.names import name_tokens

SENSORS = ("air", "fuel", "co")


def patchtst(context: int, length: int, stride: int, read_out: bool = False) -> TokenCoverage:
    """The coverage of a PatchTST configuration over three sensors."""
    config = PatchTSTConfig(
        num_input_channels=3,
        context_length=context,
        patch_length=length,
        patch_stride=stride,
        use_cls_token=read_out,
    )
    model: Any = torch.nn.Module()
    model.config, model.contract = config, SimpleNamespace(window=context, sensors=SENSORS)
    found = find_coverage(model)
    assert found is not None
    return found


def rows(coverage: TokenCoverage) -> list[set[int]]:
    """The rows of each token, one by one."""
    return [
        {row for first, last in token.rows for row in range(first, last + 1)}
        for token in coverage.tokens
    ]


def test_a_window_that_patches_fill() -> None:
    """96 rows in patches of 8: rows 0-7, 8-15, ..., 88-95, and none unread."""
    found = patchtst(96, 8, 8)
    assert (len(found.tokens), found.unread) == (12, 0)
    assert [token.rows for token in found.tokens] == [((at, at + 7),) for at in range(0, 96, 8)]
    names = name_tokens(found, label_steps(96, 300))
    assert names[0] == "-7 h 55 min to -7 h 20 min"
    assert names[1] == "-7 h 15 min to -6 h 40 min"
    assert names[-1] == "-35 min to now"


def test_dropped_rows_and_a_class_token() -> None:
    """30 rows in patches of 9, 5 apart: the first row is dropped, and [CLS] moves no name."""
    found = patchtst(30, 9, 5, read_out=True)
    assert (found.unread, found.special) == (1, (0,))
    assert found.tokens[0] == TokenSpan(special=SpecialToken.CLASS, called="[CLS]")
    assert [token.rows[0] for token in found.tokens[1:]] == [
        *((1, 9), (6, 14), (11, 19), (16, 24), (21, 29)),
    ]
    assert name_tokens(found, label_steps(30, None)) == [
        "[CLS]",
        "28 rows before to 20 rows before",
        "23 rows before to 15 rows before",
        "18 rows before to 10 rows before",
        "13 rows before to 5 rows before",
        "8 rows before to last row",
    ]


def test_a_patch_of_one_row_is_that_row() -> None:
    """A stretch of one row carries one name, not two."""
    assert name_tokens(patchtst(3, 1, 1), label_steps(3, 10)) == ["-20 s", "-10 s", "now"]


@pytest.mark.parametrize(
    ("context", "length", "stride"), [(96, 8, 8), (30, 6, 4), (30, 9, 5), (24, 5, 7)]
)
def test_patches_are_those_of_transformers(context: int, length: int, stride: int) -> None:
    """Transformers' own patchify of a window that counts its rows gives the same rows."""
    config = PatchTSTConfig(context_length=context, patch_length=length, patch_stride=stride)
    counted = torch.arange(context, dtype=torch.float32).view(1, context, 1)
    own = [set(patch.int().tolist()) for patch in PatchTSTPatchify(config)(counted)[0, 0]]
    assert rows(patchtst(context, length, stride)) == own


def test_patches_outside_the_window_are_padding() -> None:
    """Rows 0-4 in patches of 3 from row -5: one is padding, one holds row 0 alone."""
    found = cut.make_patch_tokens(5, SENSORS, 3, 3, start=-5, count=4)
    assert rows(found) == [set(), {0}, {1, 2, 3}, {4}]
    assert (found.special, found.tokens[0].called) == ((0,), "[PAD]")


@pytest.mark.parametrize("lags", [(1, 2, 3, 7), (0, 4), (2,)])
@pytest.mark.parametrize("channels", [1, 2])
def test_lags_are_those_of_transformers(lags: tuple[int, ...], channels: int) -> None:
    """TimeSeriesTransformer's own lagged subsequences of a counting series: the same rows.

    The step's own reading is in its token only where 0 is a lag.
    """
    config = TimeSeriesTransformerConfig(
        prediction_length=3,
        context_length=10,
        input_size=channels,
        lags_sequence=list(lags),
        num_time_features=1,
        d_model=8,
    )
    model = TimeSeriesTransformerModel(config)
    window = 10 + max(lags)
    counted = torch.arange(window, dtype=torch.float32).view(1, window, 1).expand(1, -1, channels)
    own = model.get_lagged_subsequences(counted, 10)[0].int()
    found = find_coverage(model)
    assert found is not None
    assert rows(found) == [set(token.flatten().tolist()) for token in own]
    assert (found.window, len(found.sensors)) == (window, channels)
    assert (window - 1 in rows(found)[-1]) == (0 in lags)


def test_a_forecast_step_holds_the_lags_that_the_window_has() -> None:
    """A counting series that goes on into the forecast: lags past the window's end hold nothing."""
    config = TimeSeriesTransformerConfig(
        prediction_length=5, context_length=6, lags_sequence=[1, 3], num_time_features=1, d_model=8
    )
    model = TimeSeriesTransformerModel(config)
    counted = torch.arange(9 + 5, dtype=torch.float32).view(1, 14)
    own = model.get_lagged_subsequences(counted, 11)[0, 6:].int()
    found = cut.make_forecast_tokens(9, ("co",), [1, 3], 5)
    assert rows(found) == [{row for row in token.flatten().tolist() if row < 9} for token in own]
    assert rows(found) == [{8, 6}, {7}, {8}, set(), set()]
    assert [token.called for token in found.tokens] == [f"[step +{n}]" for n in range(1, 6)]
    assert found.special == (3, 4)


@pytest.mark.parametrize("steps", [8, 9, 21])
def test_a_distilling_step_pools_what_informers_does(steps: int) -> None:
    """The real layer's pooling of a series that counts its steps: first and last of each token."""
    pooled = InformerConvLayer(1).maxPool
    counted = torch.arange(steps, dtype=torch.float32).view(1, 1, steps)
    last, first = pooled(counted)[0, 0].int(), -pooled(-counted)[0, 0].int()
    found = cut.distil_tokens(cut.make_step_tokens(steps, SENSORS))
    assert [token.rows for token in found.tokens] == [
        ((int(a), int(b)),) for a, b in zip(first, last, strict=True)
    ]


def test_distilling_twice_stands_for_about_four_steps() -> None:
    """16 steps: 4 tokens, of rows 0-3, 1-7, 5-11, 9-15 by hand."""
    twice = cut.distil_tokens(cut.distil_tokens(cut.make_step_tokens(16, SENSORS)))
    assert [token.rows for token in twice.tokens] == [
        *(((0, 3),), ((1, 7),), ((5, 11),), ((9, 15),)),
    ]


def test_a_gates_weights_are_cells() -> None:
    """Variable selection: one weight per row and sensor, named by both, and called a gate's."""
    found = cut.make_selection_tokens(2, SENSORS)
    assert name_tokens(found, ["then", "now"]) == [
        *("air, then", "fuel, then", "co, then", "air, now", "fuel, now", "co, now"),
    ]
    assert found.tells_sensors_apart
    assert "gate" in found.note


@pytest.mark.parametrize(
    ("places", "named"),
    [
        ({0: SpecialToken.CLASS}, ["[CLS]", "air", "fuel", "co"]),
        ({-1: SpecialToken.REGISTER}, ["air", "fuel", "co", "[REG]"]),
        ({1: SpecialToken.STATED}, ["air", "[special]", "fuel", "co"]),
        (
            {0: SpecialToken.REGISTER, 2: SpecialToken.CLASS, -1: SpecialToken.REGISTER},
            ["[REG 1]", "air", "[CLS]", "fuel", "co", "[REG 2]"],
        ),
    ],
)
def test_a_special_token_shifts_no_sensor(
    places: dict[int, SpecialToken], named: list[str]
) -> None:
    """Before, among or after the sensors: each keeps its own window and its own name."""
    found = cut.with_special(cut.sensor_tokens(9, SENSORS), places)
    assert name_tokens(found, ["row"] * 9) == named
    for name, token in zip(named, found.tokens, strict=True):
        expected = () if name.startswith("[") else (SENSORS.index(name),)
        assert (token.sensors or ()) == expected


@pytest.mark.parametrize("places", [(4,), (-5,), (0, -5), (1, -4)])
def test_special_positions_must_be_there(places: tuple[int, ...]) -> None:
    """Outside the sequence, or the same one twice: told, not mended."""
    with pytest.raises(ValueError, match="special positions"):
        cut.with_special(
            cut.sensor_tokens(9, SENSORS), dict.fromkeys(places, SpecialToken.REGISTER)
        )


def test_a_sensor_called_like_a_special_token_is_told() -> None:
    """A name must not mean two things."""
    found = cut.with_special(cut.sensor_tokens(9, ("air", "[CLS]")), {0: SpecialToken.CLASS})
    with pytest.raises(ValueError, match=r"\[CLS\]: a sensor and a special token"):
        name_tokens(found, ["row"] * 9)


@pytest.mark.parametrize(
    ("span", "says"),
    [
        ({}, "holds rows, or is special"),
        ({"rows": ((0, 1),), "special": SpecialToken.CLASS, "called": "x"}, "holds rows, or is"),
        ({"special": SpecialToken.CLASS}, "a name of its own"),
        ({"rows": ((3, 2),)}, "first <= last"),
        ({"rows": ((-1, 2),)}, "0 <= first"),
        ({"rows": ((4, 5), (0, 1))}, "in order and apart"),
        ({"rows": ((0, 1), (2, 3))}, "in order and apart"),
        ({"rows": ((0, 1),), "sensors": ()}, "each of its sensors once"),
        ({"rows": ((0, 1),), "sensors": (1, 1)}, "each of its sensors once"),
    ],
)
def test_a_span_that_cannot_be_is_refused(span: dict[str, Any], says: str) -> None:
    """What a token holds is checked where it is said."""
    with pytest.raises(ValueError, match=says):
        TokenSpan(**span)


@pytest.mark.parametrize("span", [{"rows": ((0, 9),)}, {"rows": ((0, 1),), "sensors": (3,)}])
def test_a_coverage_fits_its_window(span: dict[str, Any]) -> None:
    """No row and no sensor that the model does not read."""
    with pytest.raises(ValueError, match="a token holds"):
        TokenCoverage(
            kind=TokenKind.PATCHES, window=9, sensors=SENSORS, tokens=(TokenSpan(**span),)
        )


def test_a_coverage_is_stored_and_read_back() -> None:
    """It lies in the run's record as JSON, and comes back as it was."""
    found = patchtst(30, 9, 5, read_out=True)
    assert TokenCoverage.model_validate_json(found.model_dump_json()) == found
