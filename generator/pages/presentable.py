"""Records as pages may show them: the same numbers, every text made inert and bounded.

In: a record with names from manifests, data and models. Out: an equal record whose texts hold no
control, bidirectional-override or lone surrogate characters, are never blank where they are a
name, and never longer than a page can bear. Never: a change to the stored record or its digests.
"""

from __future__ import annotations

from typing import Any, TypeVar

from generator.records import Record
from generator.render import make_inert

LONGEST = 1000
LONGEST_NAME = 80
UNNAMED = "(no name)"
_OF_ONE = ("name", "label", "title", "sensor")
_LISTED = (
    *("names", "query_names", "sensors", "classes", "shared", "only_a", "only_b"),
    *("calculated", "subject", "groups", "regime"),
)
_NAMES = frozenset({*_OF_ONE, *_LISTED})
_SHORT = _NAMES | {"tag", "unit", "basis", "derived_from"}

R = TypeVar("R", bound=Record)


def make_presentable(record: R) -> R:
    """The record with all its texts cleaned; ids and digests come out as they went in."""
    return type(record).model_validate(_clean(record.model_dump(by_alias=True), ""))


def _clean(value: Any, key: str) -> Any:
    if type(value) is str:  # enum members stay what they are
        return _clean_text(value, key)
    if isinstance(value, dict):
        return {_clean_text(k, ""): _clean(item, k) for k, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_clean(item, key) for item in value)
    return value


def _clean_text(text: str, key: str) -> str:
    inert, most = make_inert(text), LONGEST_NAME if key in _SHORT else LONGEST
    if key in _NAMES and not inert.strip():
        return UNNAMED
    return inert if len(inert) <= most else inert[: most - 1] + "…"
