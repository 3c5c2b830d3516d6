"""What each token is called, and what it holds in one phrase.

In: a TokenCoverage, and what each row of the window is called. Out: text. Never: a sensor's name
for a token that is not that sensor alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.kinds import TokenKind
from generator.records.tokens import TokenCoverage, TokenSpan
from generator.words import inflect


def name_tokens(coverage: TokenCoverage, row_names: Sequence[str]) -> list[str]:
    """One name per token: a sensor, 'oldest row to newest row', or its own in brackets.

    Raises:
        ValueError: a sensor is called like a token that is not that sensor.
    """
    mixed = {token.called for token in coverage.tokens if token.called} & set(coverage.sensors)
    if mixed:
        listed = ", ".join(sorted(mixed))
        raise ValueError(f"{listed}: a sensor and a special token cannot have the same name")
    return [token.called or _name_token(coverage, token, row_names) for token in coverage.tokens]


def name_sensor_tokens(coverage: TokenCoverage, given: Sequence[str]) -> list[str]:
    """One name per token of a model of sensor tokens, from one name per sensor.

    Raises:
        ValueError: not one name per sensor; a name for a special token would be a sensor's.
    """
    if len(given) != len(coverage.sensors):
        apart = ", ".join(coverage.tokens[at].called for at in coverage.special)
        raise ValueError(
            f"{len(given)} feature names for {len(coverage.sensors)} sensors: give one name per "
            f"sensor, none for the special tokens ({apart})"
        )
    renamed = coverage.model_copy(update={"sensors": tuple(given)})
    return name_tokens(renamed, [""] * coverage.window)


def describe_coverage(coverage: TokenCoverage) -> str:
    """What a token holds, for a table: '6 rows of all sensors; special: [CLS] (0)'."""
    plain = [token for token in coverage.tokens if token.rows]
    found = [f"{_describe_rows(plain)} of {_describe_columns(coverage, plain)}"] if plain else []
    apart = [f"{coverage.tokens[at].called} ({at})" for at in coverage.special]
    if apart:
        shown = apart if len(apart) <= 3 else [apart[0], "…", apart[-1]]
        found.append(f"special: {', '.join(shown)}")
    if plain and coverage.unread:
        first = "first row" if coverage.unread == 1 else f"first {coverage.unread} rows"
        found.append(f"the {first} in none")
    return "; ".join(found)


def _name_token(coverage: TokenCoverage, token: TokenSpan, row_names: Sequence[str]) -> str:
    place = coverage.find_sensor(token)
    if coverage.kind is TokenKind.SENSORS and place is not None:
        return coverage.sensors[place]
    time = _name_time(token, row_names)
    alone = place is not None and len(coverage.sensors) > 1
    return f"{coverage.sensors[place]}, {time}" if alone and place is not None else time


def _name_time(token: TokenSpan, row_names: Sequence[str]) -> str:
    """The newest row; with more than one, from the oldest, or 'and lags' where some are left out.

    Tokens that hold lags overlap and differ in their newest row alone.
    """
    newest = row_names[token.rows[-1][1]]
    if token.count == 1:
        return newest
    if len(token.rows) > 1:
        return f"{newest} and lags"
    return f"{row_names[token.rows[0][0]]} to {newest}"


def _describe_rows(tokens: Sequence[TokenSpan]) -> str:
    counts = sorted({token.count for token in tokens})
    parts = max(len(token.rows) for token in tokens)
    apart = f" in up to {parts} stretches" if parts > 1 else ""
    if len(counts) == 1:
        return f"{counts[0]} {inflect('row', counts[0])}{apart}"
    return f"{counts[0]} to {counts[-1]} rows{apart}"


def _describe_columns(coverage: TokenCoverage, tokens: Sequence[TokenSpan]) -> str:
    if len(coverage.sensors) == 1:
        return "the one series"
    if coverage.tells_sensors_apart:
        return "one sensor"
    return "all sensors" if all(token.sensors is None for token in tokens) else "several sensors"
