"""How effects, spans and subjects are said, so that they read aloud well.

In: numbers and names. Out: short phrases. Never: a cause, a promise, a number without its unit.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.datasets.clock import span_words
from generator.kinds import Task
from generator.records import Interval


def listed(names: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: int, noun: str) -> str:
    """'1 run', '12 runs', '3 stretches of 6 h'."""
    if number == 1:
        return f"1 {noun}"
    head, _, rest = noun.partition(" ")
    plural = f"{head}es" if head.endswith(("ch", "s", "x")) else f"{head}s"
    return f"{number:,} {plural}{' ' + rest if rest else ''}"


def number(value: float) -> str:
    """Two significant digits, without an exponent where a reader can do without."""
    return f"{value:.2g}" if 0 < abs(value) < 1e-3 or abs(value) >= 1e5 else _plain(value)


def _plain(value: float) -> str:
    size = abs(value)
    digits = 0 if size >= 10 or size == 0 else 1 if size >= 1 else 2 if size >= 0.1 else 3
    return f"{value:.{digits}f}"


def amount(effect: Interval, unit: str) -> str:
    """'11 (9.0 to 13) K': an effect with its 95 % interval; effects are never below 0."""
    word = f" {unit}" if unit else ""
    if effect.low is None or effect.high is None:
        return f"{number(effect.estimate)}{word}"
    low = number(max(0.0, effect.low))
    return f"{number(effect.estimate)} ({low} to {number(effect.high)}){word}"


def moved(task: Task, effect: Interval, unit: str) -> str:
    """What an exchange did to the model's answer."""
    if task == "value":
        return f"changed the prediction by {amount(effect, unit)}"
    what = "the warning" if task == "event" else "the class it calls"
    return f"changed the probability of {what} by {amount(effect, 'points')}"


def said_of(task: Task) -> str:
    """What a model gives, as the subject of a statement."""
    return {"event": "warning", "value": "prediction", "class": "call"}[task]


def span_said(first: int, last: int, rows: int, step: float | None) -> str:
    """Rows of a window by how long before its last reading they lie."""
    oldest, newest = rows - 1 - first, rows - 1 - last
    if step is None:
        if newest == 0:
            return f"the last {counted(oldest + 1, 'row')}"
        return f"{oldest} to {newest} rows before the last"
    if newest == 0:
        return f"the last {span_words((oldest + 1) * step)}"
    return f"{span_words(oldest * step)} to {span_words(newest * step)} before the last reading"
