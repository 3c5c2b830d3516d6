"""What the tokens of known models hold, against the maps and the code of the models themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import (
    AutoformerConfig,
    AutoformerModel,
    BertConfig,
    BertModel,
    InformerConfig,
    InformerModel,
    PatchTSMixerConfig,
    PatchTSMixerModel,
    PatchTSTConfig,
    TimeSeriesTransformerConfig,
    TimeSeriesTransformerModel,
    TimesFm2_5Config,
    TimesFm2_5ModelForPrediction,
    TimesFmConfig,
    TimesFmModel,
    TimesFmModelForPrediction,
)

from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.errors import CaptureError
from generator.kinds import SpecialToken, TokenKind
from generator.records import TokenCoverage
from generator.tokens import cut
from generator.tokens.families import CUTS, find_coverage, find_key_coverage
from generator.tokens.kinds import FAMILIES, find_token_kind
from generator.tokens.names import describe_coverage
from tests.tokens.test_cut import rows

SENSORS = ("air", "fuel", "co")
FORECASTER: dict[str, Any] = {
    "prediction_length": 4,
    "context_length": 21,
    "lags_sequence": [1, 2, 5],
    "num_time_features": 2,
    "d_model": 16,
    "encoder_layers": 3,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 16,
    "decoder_ffn_dim": 16,
}
TIMESFM: dict[str, Any] = {
    "patch_length": 4,
    "context_length": 32,
    "horizon_length": 8,
    "num_hidden_layers": 1,
    "hidden_size": 16,
    "intermediate_size": 16,
    "head_dim": 8,
    "num_attention_heads": 2,
}


def model_of(config: object, window: int = 0) -> nn.Module:
    """A module with a configuration and, where a window is given, a contract."""
    model: Any = nn.Module()
    model.config = config
    if window:
        model.contract = SimpleNamespace(window=window, sensors=SENSORS)
    found: nn.Module = model
    return found


def known(model: nn.Module) -> TokenCoverage:
    found = find_coverage(model)
    assert found is not None
    return found


def series(ahead: int) -> dict[str, Tensor]:
    """26 rows of the past and their time features, and so many of the future."""
    torch.manual_seed(1)
    past = {
        "past_values": torch.rand(2, 26),
        "past_time_features": torch.rand(2, 26, 2),
        "past_observed_mask": torch.ones(2, 26),
    }
    future = {
        "future_values": torch.rand(2, ahead),
        "future_time_features": torch.rand(2, ahead, 2),
    }
    return past | (future if ahead else {})


def keys_of(model: nn.Module, given: dict[str, Tensor], group: str, layer: int) -> int:
    """How many keys a map of the real model has."""
    asked = Extraction(group=group, layers=(layer,))
    return extract_attention(model, model_input(model, given), asked).get_shape()[3]


def test_every_known_family_has_its_cut() -> None:
    """Two lists kept by hand, what tokens are and how they are cut, name the same families."""
    assert {*FAMILIES, "chronos"} == set(CUTS)


@pytest.mark.parametrize("attention", ["prob", "full"])
def test_informers_tokens_are_as_many_as_its_maps_keys(attention: str) -> None:
    """A real small Informer: 21, 11 and 6 keys in its encoder, 6 in cross, 4 in its decoder."""
    torch.manual_seed(0)
    config = InformerConfig(**FORECASTER, attention_type=attention, sampling_factor=2)
    model = InformerModel(config).eval()
    first, given = known(model), series(4)
    asked = [("encoder", 0), ("encoder", 1), ("encoder", 2), ("cross", 0), ("decoder", 0)]
    counts = [keys_of(model, given, group, layer) for group, layer in asked]
    assert counts == [21, 11, 6, 6, 4]
    for (group, layer), keys in zip(asked, counts, strict=True):
        found = find_key_coverage(model, first, group, layer, keys)
        assert found is not None
        assert len(found.tokens) == keys
        assert find_key_coverage(model, first, group, layer, keys + 1) is None
    last = find_key_coverage(model, first, "encoder", 2, 6)
    assert last is not None
    assert rows(last)[0] == {row for step in range(4) for row in (step, step + 3, step + 4)}


def test_without_distilling_informers_tokens_stay_steps() -> None:
    """`distil: false`: every layer has the first one's tokens."""
    model = InformerModel(InformerConfig(**FORECASTER, attention_type="full", distil=False)).eval()
    assert keys_of(model, series(4), "encoder", 2) == 21
    assert find_key_coverage(model, known(model), "encoder", 2, 21) == known(model)


@pytest.mark.parametrize("ahead", [0, 4])
def test_a_decoder_starts_from_a_token_without_readings(ahead: int) -> None:
    """No future values: one row of zeros, [forecast start]; with them: the steps ahead."""
    model = TimeSeriesTransformerModel(TimeSeriesTransformerConfig(**FORECASTER)).eval()
    keys = keys_of(model, series(ahead), "decoder", 0)
    found = find_key_coverage(model, known(model), "decoder", 0, keys)
    assert found is not None
    assert [token.called for token in found.tokens] == (
        [f"[step +{n}]" for n in range(1, 5)] if ahead else ["[forecast start]"]
    )
    assert found.special == (() if ahead else (0,))
    assert find_key_coverage(model, known(model), "cross", 0, 21) == known(model)


def test_lags_are_told_in_words() -> None:
    """The note says that a step's token holds earlier readings, and the table how many."""
    found = known(TimeSeriesTransformerModel(TimeSeriesTransformerConfig(**FORECASTER)))
    assert found.note == "A token holds the readings at 3 lags, 1 to 5 rows before its step."
    assert describe_coverage(found) == "3 rows in up to 2 stretches of the one series"


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (TimesFmModelForPrediction, TimesFmConfig(**TIMESFM)),
        (
            TimesFm2_5ModelForPrediction,
            TimesFm2_5Config(**TIMESFM, num_key_value_heads=2, output_quantile_len=8),
        ),
    ],
)
@pytest.mark.parametrize("window", [26, 32, 37])
def test_timesfm_pads_or_cuts_before_the_window(kind: Any, config: Any, window: int) -> None:
    """Its own preprocessing of a series that counts its rows, from 1: zeros are padding."""
    model = kind(config).eval()
    model.contract = SimpleNamespace(window=window, sensors=SENSORS)
    counted = torch.arange(1, window + 1, dtype=torch.float32)
    patches = model._preprocess([counted[-32:]], [0])[0][0].view(-1, 4).int()
    own = [{int(value) - 1 for value in patch if value} for patch in patches]
    found = known(model)
    assert rows(found) == own
    assert len(found.tokens) == keys_of(model, {"past_values": torch.rand(2, window)}, "encoder", 0)
    assert found.special == ((0,) if window == 26 else ())
    assert found.unread == max(window - 32, 0)


def test_timesfms_inner_model_takes_the_window_as_it_is() -> None:
    """Without a forecasting head nothing is padded: 12 rows are 3 patches of 4."""
    model: Any = TimesFmModel(TimesFmConfig(**TIMESFM))
    model.contract = SimpleNamespace(window=12, sensors=SENSORS)
    assert rows(known(model)) == [{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}]


@pytest.mark.parametrize(
    ("window", "stride", "expected"),
    [
        (40, 16, [range(8), range(8, 24), range(24, 40), ()]),
        (48, 16, [range(16), range(16, 32), range(32, 48), ()]),
        (40, 8, [range(8), range(16), range(8, 24), range(16, 32), range(24, 40), ()]),
        (70, 16, [range(6, 22), range(22, 38), range(38, 54), range(54, 70), ()]),
    ],
)
def test_chronos_bolt_ends_with_a_register(
    window: int, stride: int, expected: list[range | tuple[()]]
) -> None:
    """Patches of 16 rows, padded before the window, 64 rows at most, and [REG] last."""
    said = {
        "context_length": 64,
        "input_patch_size": 16,
        "input_patch_stride": stride,
        "use_reg_token": True,
    }
    model = model_of(SimpleNamespace(model_type="t5", chronos_config=said), window)
    found = known(model)
    assert rows(found) == [set(part) for part in expected]
    assert (found.special, found.tokens[-1].called) == ((len(expected) - 1,), "[REG]")
    assert find_token_kind(model) is TokenKind.PATCHES


@pytest.mark.parametrize("window", [5, 12])
def test_chronos_ends_with_an_end_token(window: int) -> None:
    """A value per token, of the last 8 rows at most, and [EOS] last."""
    said = {"context_length": 8, "use_eos_token": True, "model_type": "seq2seq"}
    model = model_of(SimpleNamespace(model_type="t5", chronos_config=said), window)
    found = known(model)
    assert rows(found) == [*({row} for row in range(window)[-8:]), set()]
    assert (found.tokens[-1].called, found.note) == ("[EOS]", "")
    assert find_token_kind(model, integer_input=True) is TokenKind.TIMESTEPS


def test_maps_over_series_and_over_patches_are_not_told_apart() -> None:
    """Chronos-2's groups and PatchTST's channel attention: positions stay positions."""
    said = {"context_length": 64, "input_patch_size": 16, "max_output_patches": 4}
    groups = model_of(SimpleNamespace(model_type="t5", chronos_config=said), 64)
    channels = model_of(PatchTSTConfig(channel_attention=True), 32)
    for model in (groups, channels):
        assert find_token_kind(model) is TokenKind.POSITIONS
        assert find_coverage(model) is None


def test_a_mixers_patches_are_those_of_patchtst() -> None:
    """PatchTSMixer cuts as PatchTST does, without a class token."""
    config = PatchTSMixerConfig(
        context_length=30, patch_length=9, patch_stride=5, num_input_channels=2, d_model=8
    )
    found = known(PatchTSMixerModel(config))
    assert [token.rows[0] for token in found.tokens] == [
        *((1, 9), (6, 14), (11, 19), (16, 24), (21, 29)),
    ]
    assert len(found.sensors) == 2


def test_text_has_no_rows() -> None:
    """A vocabulary's tokens stand for no row of any window."""
    model = BertModel(
        BertConfig(
            vocab_size=8,
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
        )
    )
    assert find_token_kind(model, integer_input=True) is TokenKind.TEXT
    assert find_coverage(model) is None


def test_autoformers_lags_are_refused_as_a_heat_map() -> None:
    """Its weights are of lags: no map is shown, and the words say why."""
    config = AutoformerConfig(**FORECASTER, moving_average=5)
    model = AutoformerModel(config).eval()
    assert (find_token_kind(model), find_coverage(model)) == (TokenKind.POSITIONS, None)
    with pytest.raises(CaptureError, match="weights are of lags, not of steps"):
        extract_attention(model, model_input(model, series(4)), Extraction())


class Recurrent(nn.Module):
    """Temporal attention after an LSTM, as in a temporal fusion transformer."""

    tokens = TokenKind.TIMESTEPS

    def __init__(self) -> None:
        super().__init__()
        self.contract = SimpleNamespace(window=6, sensors=SENSORS)
        self.mixes = nn.LSTM(3, 8, batch_first=True)
        self.attends = nn.MultiheadAttention(8, 2, batch_first=True)


def test_steps_that_a_recurrent_layer_mixed_carry_a_note() -> None:
    """Each token is named by its step, and the note says that earlier ones may be in it."""
    found = known(Recurrent())
    assert rows(found) == [{row} for row in range(6)]
    assert found.note == "A recurrent layer (LSTM) may have mixed earlier steps in."


def test_a_models_own_coverage_is_taken_as_it_is() -> None:
    """`tokens` may be a whole coverage: sensor tokens between a class token and a register."""
    stated = cut.with_special(
        cut.sensor_tokens(6, SENSORS), {0: SpecialToken.CLASS, -1: SpecialToken.REGISTER}
    )
    model: Any = nn.Module()
    model.tokens = stated
    assert find_coverage(model) is stated
    assert find_token_kind(model) is TokenKind.SENSORS
    assert describe_coverage(stated) == "6 rows of one sensor; special: [CLS] (0), [REG] (4)"


def test_a_kind_without_rows_or_window_is_not_cut() -> None:
    """Patches of a length nobody says, steps of a window nobody says: not known."""
    model: Any = model_of(None, 12)
    model.tokens = TokenKind.PATCHES
    assert find_coverage(model) is None
    loose: Any = nn.Module()
    loose.tokens = TokenKind.TIMESTEPS
    assert find_coverage(loose) is None
    assert find_key_coverage(loose, None, "encoder", 0, 12) is None


def test_an_unread_start_is_told() -> None:
    """The phrase for tables names rows that no token holds."""
    assert describe_coverage(cut.make_patch_tokens(9, SENSORS, 4, 4, start=1)) == (
        "4 rows of all sensors; the first row in none"
    )
    assert describe_coverage(cut.make_patch_tokens(9, SENSORS, 4, 3, start=2)).endswith(
        "the first 2 rows in none"
    )
    many = cut.with_special(
        cut.make_step_tokens(1, SENSORS), dict.fromkeys(range(5), SpecialToken.REGISTER)
    )
    assert describe_coverage(many) == "1 row of all sensors; special: [REG 1] (0), …, [REG 5] (4)"
