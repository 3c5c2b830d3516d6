"""How names, counts, kinds, durations and effects are worded, so that they read aloud well.

In: numbers, names, text as found. Out: short phrases, for pages and messages alike. Never: a
cause, a promise, a number without its unit; a value of a file printed raw: it is cut short and its
invisible characters escaped.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence

from generator.kinds import Task, TokenKind
from generator.records.interval import Interval

SHOWN = 60
_SUGGESTED_LENGTH = 64
_ENDS_IN_Y = re.compile("[^aeiou]y$", re.IGNORECASE)
_TOKENS = {
    TokenKind.SENSORS: ("sensor", "sensors", "sensors"),
    TokenKind.TIMESTEPS: ("timestep", "time steps", "time steps"),
    TokenKind.PATCHES: ("patch", "time spans", "time spans"),
    TokenKind.TEXT: ("text token", "text tokens", "pieces of text"),
    TokenKind.POSITIONS: ("position", "positions", "unknown positions"),
}
"""One token, several of them, and what they are, as sentences say it."""

_TOKEN_SENTENCES = {
    TokenKind.SENSORS: "Each token is one sensor's whole window, so sensors can be named.",
    TokenKind.TIMESTEPS: (
        "Each token holds all sensors of one time step, so attention cannot tell sensors apart."
    ),
    TokenKind.PATCHES: (
        "Each token is a stretch of time of one series, so attention cannot compare sensors."
    ),
    TokenKind.TEXT: "Each token is an entry of a vocabulary: a piece of text, or a coded value.",
    TokenKind.POSITIONS: "What a token stands for is not known; positions are numbered.",
}


def join_names(names: Sequence[str], joint: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'; or with another word than 'and' before the last."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def format_count(number: int) -> str:
    """'12', '1,200'."""
    return f"{number:,}"


def count_noun(number: int, noun: str) -> str:
    """'1 run', '1,200 runs', '3 separate batches', '3 stretches of 6 h'."""
    return f"{format_count(number)} {inflect(noun, number)}"


def inflect(noun: str, number: int) -> str:
    """The noun as it stands after a number: 'run' after 1, else 'runs'."""
    return noun if number == 1 else pluralise(noun)


def pluralise(noun: str) -> str:
    """'runs', 'separate batches', 'stretches of 6 h': the last word before 'of' changes."""
    head, of, rest = noun.partition(" of ")
    if head.endswith(("ch", "sh", "s", "x", "z")):
        return f"{head}es{of}{rest}"
    if _ENDS_IN_Y.search(head):
        return f"{head[:-1]}ies{of}{rest}"
    return f"{head}s{of}{rest}"


def token_singular(kind: TokenKind) -> str:
    """What one token is called in a sentence: 'sensor', 'timestep', 'patch', ..."""
    return _TOKENS[kind][0]


def token_plural(kind: TokenKind) -> str:
    """What several tokens are called in a sentence: 'sensors', 'time steps', 'time spans', ..."""
    return _TOKENS[kind][1]


def token_meaning(kind: TokenKind) -> str:
    """What the tokens of a model are: as `token_plural`, or that nobody knows."""
    return _TOKENS[kind][2]


def token_sentence(kind: TokenKind) -> str:
    """What one token of a model holds, and what follows for sensors."""
    return _TOKEN_SENTENCES[kind]


def format_number(value: float) -> str:
    """Two significant digits, without an exponent where a reader can do without."""
    return f"{value:.2g}" if 0 < abs(value) < 1e-3 or abs(value) >= 1e5 else _format_plainly(value)


def _format_plainly(value: float) -> str:
    size = abs(float(f"{value:.2g}"))  # 9.96 is 10, not 10.0
    steps = (digits for digits, least in enumerate((10, 1, 0.1, 0.01)) if size >= least)
    digits = next(steps, 4) if size else 0
    return f"{value:.{digits}f}"


def format_amount(effect: Interval, unit: str) -> str:
    """'11 (9.0 to 13) K': an effect with its 95 % interval; effects are never below 0."""
    word = f" {unit}" if unit else ""
    if effect.low is None or effect.high is None:
        return f"{format_number(effect.estimate)}{word}"
    low = format_number(max(0.0, effect.low))
    return f"{format_number(effect.estimate)} ({low} to {format_number(effect.high)}){word}"


def describe_change(task: Task, effect: Interval, unit: str) -> str:
    """What an exchange did to the model's answer."""
    if task == "value":
        return f"changed the prediction by {format_amount(effect, unit)}"
    what = "the warning" if task == "event" else "the class it calls"
    return f"changed the probability of {what} by {format_amount(effect, 'points')}"


def name_answer(task: Task) -> str:
    """What a model gives, as the subject of a statement."""
    return {"event": "warning", "value": "prediction", "class": "call"}[task]


def format_duration(seconds: float, parts_shown: int = 2) -> str:
    """A duration as people say it, in its largest units: '10 s', '1.5 s', '10 min 40 s', '2 h'.

    Fractions of a second are kept to the microsecond.
    """
    rest = round(seconds * 1_000_000)
    parts = []
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        count, rest = divmod(rest, size * 1_000_000)
        if count:
            parts.append(f"{count} {unit}")
    if rest or not parts:
        parts.append(f"{rest / 1_000_000:.6f}".rstrip("0").rstrip(".") + " s")
    return " ".join(parts[:parts_shown])


def describe_span(first: int, last: int, rows: int, step: float | None) -> str:
    """Rows of a window by how long before its last reading they lie."""
    oldest, newest = rows - 1 - first, rows - 1 - last
    if newest == 0:
        rows = oldest + 1
        return (
            f"the last {count_noun(rows, 'row') if step is None else format_duration(rows * step)}"
        )
    if step is None:
        reach = "" if oldest == newest else f"{oldest} to "
        return f"{reach}{count_noun(newest, 'row')} before the last"
    reach = "" if oldest == newest else f"{format_duration(oldest * step)} to "
    return f"{reach}{format_duration(newest * step)} before the last reading"


def quote_text(text: str) -> str:
    """Some text in quotes, at most 60 characters of it, with nothing invisible left raw."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return "".join(
        c if c.isprintable() else _escape(c) for c in json.dumps(cut, ensure_ascii=False)
    )


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}"


def suggest_name(wrong: str, known: Iterable[str]) -> str:
    """`did you mean 'model'?` where one is close, else the list of what is known."""
    names = sorted(known)
    close = [] if len(wrong) > _SUGGESTED_LENGTH else difflib.get_close_matches(wrong, names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    cut = [name if len(name) <= SHOWN else f"{name[:SHOWN]}…" for name in names[:12]]
    listed = ", ".join(cut) + (", …" if len(names) > 12 else "")
    return f"known: {listed}" if names else "none is declared"
