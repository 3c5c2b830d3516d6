"""How far ahead a target lies: `5min` by a clock, or `30 rows` where there is none.

In: the text or whole number of a manifest. Out: a Horizon, or a sentence that shows both forms.
Never: a bare number taken for minutes.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from generator.records.record import Record
from generator.words import inflect, quote_text

_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(s|min|h|d)")
_ROWS = re.compile(r"(\d{1,9}) rows?")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_WORDS = {"s": "s", "min": "min", "h": "h", "d": "days"}
_FORMS = "must be a duration such as 30s, 5min, 1h or 2d, or a count such as '30 rows'"


class Horizon(Record):
    """A step into the future: exactly one of `rows` and `seconds` is set."""

    rows: int | None = None
    seconds: float | None = None
    words: str
    """As people read it: '5 min', '30 rows'."""


def parse_horizon(value: object) -> Horizon:
    """The horizon a value stands for.

    Raises:
        ValueError: it stands for none.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return _make_row_horizon(value)
    if isinstance(value, str) and (counted := _ROWS.fullmatch(value)):
        return _make_row_horizon(int(counted[1]))
    if isinstance(value, str) and (timed := _DURATION.fullmatch(value)):
        amount, unit = timed.groups()
        return Horizon(seconds=float(amount) * _SECONDS[unit], words=f"{amount} {_WORDS[unit]}")
    found = quote_text(value) if isinstance(value, str) else str(value)[:20]
    raise ValueError(f"{_FORMS} (found {found})")


def _make_row_horizon(count: int) -> Horizon:
    return Horizon(rows=count, words=f"{count} {inflect('row', count)}")


HorizonText = Annotated[
    Horizon,
    BeforeValidator(parse_horizon),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": f"^({_DURATION.pattern}|{_ROWS.pattern})$"},
            ]
        }
    ),
]
