"""What the tokens of a known model hold: by its own word, or by its Hugging Face configuration.

In: a model; for maps of deeper layers and decoders, which map. Out: a TokenCoverage, or None where
it is not known. Never: a guess from the length of a map; a length only refuses what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from torch import nn

from generator.kinds import SpecialToken, TokenKind
from generator.records.tokens import TokenCoverage
from generator.tokens import cut
from generator.tokens.kinds import find_token_kind, read_chronos_settings


class WindowContract(Protocol):
    """What a model reads: so many rows of these columns."""

    @property
    def window(self) -> int:
        """Rows of one window."""

    @property
    def sensors(self) -> tuple[str, ...]:
        """Columns, in the model's order."""


Cut = Callable[[nn.Module, Any, int, tuple[str, ...]], TokenCoverage]


def find_coverage(model: nn.Module) -> TokenCoverage | None:
    """What the keys of the model's first (encoder) map hold; None where it is not known.

    The window is that of its sensor contract, or the one its configuration states.
    """
    stated = getattr(model, "tokens", None)
    if isinstance(stated, TokenCoverage):
        return stated
    kind, config = find_token_kind(model), getattr(model, "config", None)
    contract: WindowContract | None = getattr(model, "contract", None)
    if kind in (TokenKind.POSITIONS, TokenKind.TEXT):
        return None
    if isinstance(stated, TokenKind):
        note = describe_recurrence(model)
        return (
            make_usual_coverage(kind, contract.window, contract.sensors, note) if contract else None
        )
    family = "chronos" if read_chronos_settings(config) else str(getattr(config, "model_type", ""))
    window, sensors = (
        (contract.window, contract.sensors) if contract else _read_configuration(config, family)
    )
    found = CUTS[family](model, config, window, sensors)
    note = f"{found.note} {describe_recurrence(model)}".strip()
    return found.model_copy(update={"note": note})


def make_usual_coverage(
    kind: TokenKind, window: int, sensors: tuple[str, ...], note: str = ""
) -> TokenCoverage | None:
    """One token per sensor or per row, as the kind says; None for kinds that need more said."""
    if kind is TokenKind.SENSORS:
        return cut.sensor_tokens(window, sensors)
    return cut.make_step_tokens(window, sensors, note) if kind is TokenKind.TIMESTEPS else None


def find_key_coverage(
    model: nn.Module, first: TokenCoverage | None, group: str, layer: int, keys: int
) -> TokenCoverage | None:
    """What the keys of one map hold, given those of the model's first map.

    Args:
        model: the model; its configuration says how layers change the tokens.
        first: `find_coverage` the model, or what is stated for it.
        group: 'encoder', 'decoder' or 'cross'.
        layer: the map's place in its group.
        keys: how many keys the map has; where that is not what is known, None.
    """
    if first is None:
        return None
    if group == "decoder":
        found = _cut_decoder(model, first, keys)
    else:
        found = first
        for _ in range(_count_distillings(model, group, layer)):
            found = cut.distil_tokens(found)
    return found if found is not None and len(found.tokens) == keys else None


def describe_recurrence(model: nn.Module) -> str:
    """What a recurrent layer means for tokens that are named by time; '' where there is none."""
    kinds = {type(part).__name__ for part in model.modules() if isinstance(part, nn.RNNBase)}
    if not kinds:
        return ""
    return f"A recurrent layer ({', '.join(sorted(kinds))}) may have mixed earlier steps in."


def _count_distillings(model: nn.Module, group: str, layer: int) -> int:
    """How often the keys of a map were halved: once between two of Informer's encoder layers."""
    config = getattr(model, "config", None)
    if getattr(config, "model_type", "") != "informer" or not getattr(config, "distil", False):
        return 0
    last: int = getattr(config, "encoder_layers", 1) - 1
    return last if group == "cross" else min(layer, last)


def _cut_decoder(model: nn.Module, first: TokenCoverage, keys: int) -> TokenCoverage | None:
    """A lagging family's decoder: its start token, or the steps that are to be predicted.

    One token where several steps are to be predicted is the row of zeros that transformers starts
    from, for it is given no future values then.
    """
    config: Any = getattr(model, "config", None)
    lags = CUTS.get(getattr(config, "model_type", "")) is _cut_lagged
    if not lags or keys > config.prediction_length:
        return None
    if keys == 1 and config.prediction_length > 1:
        start = (SpecialToken.START,)
        return cut.make_coverage(first.kind, first.window, first.sensors, start, first.note)
    return cut.make_forecast_tokens(first.window, first.sensors, config.lags_sequence, keys)


def _read_configuration(config: Any, family: str) -> tuple[int, tuple[str, ...]]:
    """The window and the series of a model without a sensor contract, as its config states."""
    if family == "chronos":
        window, series = read_chronos_settings(config)["context_length"], 1
    elif CUTS[family] is _cut_lagged:
        window, series = config.context_length + max(config.lags_sequence), config.input_size
    else:
        window, series = config.context_length, getattr(config, "num_input_channels", 1)
    return window, tuple(f"series {at}" for at in range(series))


def _cut_patchtst(
    _model: nn.Module, config: Any, window: int, sensors: tuple[str, ...]
) -> TokenCoverage:
    """PatchTST: patches end at the last row, leading rows are dropped; [CLS] stands first."""
    length, stride = config.patch_length, config.patch_stride
    found = cut.make_patch_tokens(window, sensors, length, stride, (window - length) % stride)
    reads_out = getattr(config, "use_cls_token", False)
    return cut.with_special(found, {0: SpecialToken.CLASS}) if reads_out else found


def _cut_lagged(
    _model: nn.Module, config: Any, window: int, sensors: tuple[str, ...]
) -> TokenCoverage:
    return cut.make_lagged_tokens(window, sensors, config.context_length, config.lags_sequence)


def _cut_timesfm(
    model: nn.Module, config: Any, window: int, sensors: tuple[str, ...]
) -> TokenCoverage:
    """TimesFM: patches side by side; the forecasting model pads or cuts before the window."""
    length = config.patch_length
    reads = getattr(model, "context_len", window)
    return cut.make_patch_tokens(
        window, sensors, length, length, start=window - reads, count=reads // length
    )


def _cut_chronos(
    _model: nn.Module, config: Any, window: int, sensors: tuple[str, ...]
) -> TokenCoverage:
    """Chronos: a value per token and [EOS] last; Chronos-Bolt: patches and [REG] last.

    Bolt pads before the window up to whole patches. Source: Ansari et al. 2024, section 3.1;
    `Patch` and `use_reg_token` of chronos-forecasting's chronos_bolt.
    """
    said = read_chronos_settings(config)
    reads = min(window, said["context_length"])
    if "input_patch_size" not in said:
        steps = cut.make_lagged_tokens(window, sensors, reads, (0,))
        ends = said.get("use_eos_token") and said.get("model_type") == "seq2seq"
        return cut.with_special(steps, {-1: SpecialToken.END}) if ends else steps
    length, stride = said["input_patch_size"], said["input_patch_stride"]
    padded = -(-reads // length) * length
    count = (padded - length) // stride + 1
    found = cut.make_patch_tokens(window, sensors, length, stride, window - padded, count)
    registers = said.get("use_reg_token")
    return cut.with_special(found, {-1: SpecialToken.REGISTER}) if registers else found


CUTS: dict[str, Cut] = {
    "time_series_transformer": _cut_lagged,
    "informer": _cut_lagged,
    "patchtst": _cut_patchtst,
    "patchtsmixer": _cut_patchtst,
    "timesfm": _cut_timesfm,
    "timesfm2_5": _cut_timesfm,
    "chronos": _cut_chronos,
}
