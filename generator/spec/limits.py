"""What one run may take of the machine: memory and time.

In: the texts of a manifest. Out: bytes and seconds, or a sentence that shows the form. Never: a
bare number taken for gigabytes or minutes; a limit that changes what a run computes.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from generator.records.record import Record
from generator.spec.horizon import parse_horizon
from generator.words import quote_text

_MEMORY = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(MB|GB|TB)")
_BYTES = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
LEAST_MEMORY = 10**9
"""Bytes; half of it is what a process holds that has loaded the libraries and nothing else."""
_MEMORY_FORMS = "must be an amount of memory of at least 1GB, such as 4GB or 1500MB"
_TIME_FORMS = "must be a duration of at least 1s, such as 90s, 30min or 2h"


def parse_memory(value: object) -> int:
    """The bytes that '4GB' or '1500 MB' stands for.

    Raises:
        ValueError: it is no such text, or less than a run needs to begin.
    """
    match = _MEMORY.fullmatch(value) if isinstance(value, str) else None
    size = round(float(match[1]) * _BYTES[match[2]]) if match else 0
    if size < LEAST_MEMORY:
        raise ValueError(f"{_MEMORY_FORMS} (found {_quote(value)})")
    return size


def parse_time(value: object) -> float:
    """The seconds that '30min' stands for.

    Raises:
        ValueError: it is no such text, or less than a second.
    """
    try:
        seconds = parse_horizon(value).seconds if isinstance(value, str) else None
    except ValueError:
        seconds = None
    if seconds is None or seconds < 1:
        raise ValueError(f"{_TIME_FORMS} (found {_quote(value)})")
    return seconds


def _quote(value: object) -> str:
    return quote_text(value) if isinstance(value, str) else str(value)[:20]


MemoryText = Annotated[
    int,
    BeforeValidator(parse_memory),
    WithJsonSchema({"type": "string", "pattern": f"^{_MEMORY.pattern}$"}),
]
TimeText = Annotated[
    float,
    BeforeValidator(parse_time),
    WithJsonSchema({"type": "string", "pattern": r"^(\d{1,6}(?:\.\d{1,3})?) ?(s|min|h|d)$"}),
]


class LimitsSpec(Record):
    """What one run may take; beyond it that run alone is stopped."""

    memory: MemoryText | None = Field(
        default=None,
        description="of one run; where left out, half of the memory that is free, or its share "
        "where more than two run at a time",
        examples=["4GB"],
    )
    time: TimeText = Field(default=1800.0, description="of one run", examples=["30min"])
