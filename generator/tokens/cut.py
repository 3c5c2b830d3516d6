"""How a window of readings is cut into tokens, one function for each way.

In: the window's rows, its sensors, and the lengths of a cut. Out: a TokenCoverage. Never: a model:
whose cut it is, `families` and `stated` know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from generator.kinds import SpecialToken, TokenKind
from generator.records.tokens import RowRange, TokenCoverage, TokenSpan

GATE = "These are weights of a gate: what it let through, not what that did to the answer."


def sensor_tokens(window: int, sensors: Sequence[str]) -> TokenCoverage:
    """One token per sensor, its whole window (Liu et al. 2024, iTransformer, section 3)."""
    spans = [TokenSpan(rows=((0, window - 1),), sensors=(at,)) for at in range(len(sensors))]
    return make_coverage(TokenKind.SENSORS, window, sensors, spans)


def make_step_tokens(window: int, sensors: Sequence[str], note: str = "") -> TokenCoverage:
    """One token per row, all sensors of it."""
    spans = [TokenSpan(rows=((row, row),)) for row in range(window)]
    return make_coverage(TokenKind.TIMESTEPS, window, sensors, spans, note)


def make_patch_tokens(
    window: int,
    sensors: Sequence[str],
    length: int,
    stride: int,
    start: int = 0,
    count: int | None = None,
) -> TokenCoverage:
    """One token per stretch of rows; a stretch outside the window is padding.

    Args:
        window: rows of the window.
        sensors: its columns.
        length: rows of one patch.
        stride: rows from one patch's first to the next one's.
        start: the first patch's first row; negative where the window was padded before it.
        count: how many patches; as many as fill the window where it is None.

    Source: Nie et al. 2023, section 3.1.
    """
    most = max((window - start - length) // stride + 1, 0) if count is None else count
    spans = [_make_patch(window, start + at * stride, length) for at in range(most)]
    return make_coverage(TokenKind.PATCHES, window, sensors, spans)


def make_lagged_tokens(
    window: int, sensors: Sequence[str], context: int, lags: Sequence[int]
) -> TokenCoverage:
    """One token per step of the context: the readings `lags` rows before it, and no others.

    The step's own reading is in its token only where 0 is among the lags. Source:
    `get_lagged_subsequences` of transformers' TimeSeriesTransformer and Informer.
    """
    steps = range(window - context, window)
    spans = [_make_span(_find_lagged_rows(step, lags, window)) for step in steps]
    return make_coverage(TokenKind.TIMESTEPS, window, sensors, spans, _describe_lags(lags))


def make_forecast_tokens(
    window: int, sensors: Sequence[str], lags: Sequence[int], count: int
) -> TokenCoverage:
    """A decoder's tokens: step n after the window holds the lagged rows that the window has.

    Where its lags reach only into the forecast itself, it holds no reading.
    """
    spans = []
    for ahead in range(count):
        rows, name = _find_lagged_rows(window + ahead, lags, window), f"[step +{ahead + 1}]"
        special = None if rows else SpecialToken.FORECAST
        spans.append(TokenSpan(rows=to_stretches(rows), special=special, called=name))
    return make_coverage(TokenKind.TIMESTEPS, window, sensors, spans)


def make_selection_tokens(window: int, sensors: Sequence[str]) -> TokenCoverage:
    """One weight per row and sensor, row by row: variable selection (Lim et al. 2021, eq. 8)."""
    spans = [
        TokenSpan(rows=((row, row),), sensors=(at,))
        for row in range(window)
        for at in range(len(sensors))
    ]
    return make_coverage(TokenKind.POSITIONS, window, sensors, spans, GATE)


def distil_tokens(coverage: TokenCoverage) -> TokenCoverage:
    """The tokens one distilling step later: token j pools tokens 2j-1, 2j and 2j+1.

    Half as many, rounded up; a shared row is split where a score is spread, so that a token of
    layer l stands for about 2**l steps. The convolution before the pooling blurs by one token more
    to each side, which is not counted. Source: Zhou et al. 2021, Informer, eq. 5, as in
    transformers' InformerConvLayer (kernel 3, stride 2, padding 1).
    """
    parents = coverage.tokens
    pooled = (parents[max(2 * at - 1, 0) : 2 * at + 2] for at in range((len(parents) + 1) // 2))
    spans = [_make_span(_list_rows(tokens)) for tokens in pooled]
    return make_coverage(coverage.kind, coverage.window, coverage.sensors, spans, coverage.note)


def with_special(coverage: TokenCoverage, places: Mapping[int, SpecialToken]) -> TokenCoverage:
    """The same tokens with special ones among them, at these positions of the whole sequence.

    Negative positions count from the end.

    Raises:
        ValueError: a position is outside the sequence, or two are the same one.
    """
    total = len(coverage.tokens) + len(places)
    settled = {place + total if place < 0 else place: kind for place, kind in places.items()}
    if len(settled) < len(places) or not all(0 <= place < total for place in settled):
        listed = ", ".join(map(str, places))
        raise ValueError(f"special positions {listed} are not {len(places)} of {total} tokens")
    rest = iter(coverage.tokens)
    spans = [settled[at] if at in settled else next(rest) for at in range(total)]
    return make_coverage(coverage.kind, coverage.window, coverage.sensors, spans, coverage.note)


def make_coverage(
    kind: TokenKind,
    window: int,
    sensors: Sequence[str],
    spans: Iterable[TokenSpan | SpecialToken],
    note: str = "",
) -> TokenCoverage:
    """A coverage; special tokens get their names here, numbered where there are several of one."""
    listed = list(spans)
    many = Counter(item for item in listed if isinstance(item, SpecialToken))
    seen: Counter[SpecialToken] = Counter()
    tokens = []
    for item in listed:
        if isinstance(item, SpecialToken):
            seen[item] += 1
            label = item.label if many[item] == 1 else f"{item.label[:-1]} {seen[item]}]"
            tokens.append(TokenSpan(special=item, called=label))
        else:
            tokens.append(item)
    return TokenCoverage(
        kind=kind, window=window, sensors=tuple(sensors), tokens=tuple(tokens), note=note
    )


def to_stretches(rows: Iterable[int]) -> tuple[RowRange, ...]:
    """The rows as stretches without gaps, oldest first; each row once."""
    found: list[RowRange] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return tuple(found)


def _make_patch(window: int, first: int, length: int) -> TokenSpan | SpecialToken:
    inside = (max(first, 0), min(first + length, window) - 1)
    return TokenSpan(rows=(inside,)) if inside[0] <= inside[1] else SpecialToken.PADDING


def _find_lagged_rows(step: int, lags: Sequence[int], window: int) -> list[int]:
    return [step - lag for lag in lags if 0 <= step - lag < window]


def _describe_lags(lags: Sequence[int]) -> str:
    if set(lags) == {0}:
        return ""
    near, far = min(lags), max(lags)
    return f"A token holds the readings at {len(lags)} lags, {near} to {far} rows before its step."


def _list_rows(tokens: Sequence[TokenSpan]) -> list[int]:
    held = (range(first, last + 1) for token in tokens for first, last in token.rows)
    return [row for stretch in held for row in stretch]


def _make_span(rows: Sequence[int]) -> TokenSpan | SpecialToken:
    return TokenSpan(rows=to_stretches(rows)) if rows else SpecialToken.PADDING
