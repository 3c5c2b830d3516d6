"""What stands at the end of a path into a published document, or which step is not there.

In: a JSON document, the steps of a path. Out: the value, or a sentence.
Never: a step guessed or skipped; a path that does not lead all the way finds nothing.
"""

from __future__ import annotations

import math
from typing import Any

from generator.records.gates import Value
from generator.spec.measurement_path import Step, format_path
from generator.words import quote_text, suggest_name

NAMED_BY = ("id", "name", "measure", "sensor", "k")
"""The keys an item of a list is called by, the first that it has."""


class MissingMeasurement(Exception):
    """The sentence that says which step is not there, and what is."""


def find_measurement(document: dict[str, Any], steps: tuple[Step, ...]) -> Value:
    """The number, text or verdict that the steps lead to.

    Raises:
        MissingMeasurement: a step is not there, or the way ends before or after a measurement.
    """
    found: Any = document
    for at, step in enumerate(steps):
        found = _step_into(found, step, format_path(steps[:at]) or "the document")
    return _check_leaf(found, format_path(steps))


def item_name(item: Any) -> str | None:
    """What an item of a list is called in brackets; None where only its index tells it apart.

    Heads are called layer.head, groups of sensors by their members with a plus between.
    """
    if not isinstance(item, dict):
        return None
    if "layer" in item:
        return f"{item['layer']}.{item['head']}" if "head" in item else str(item["layer"])
    own = next((item[key] for key in NAMED_BY if key in item), None)
    if own is None and isinstance(item.get("sensors"), list):
        own = ":".join(filter(None, (item.get("kind"), "+".join(item["sensors"]))))
    return own.get("name") if isinstance(own, dict) else None if own is None else str(own)


def _step_into(found: Any, step: Step, where: str) -> Any:
    if isinstance(found, dict):
        if step.name not in found:
            hint = suggest_name(step.name, found)
            raise MissingMeasurement(f"there is no {quote_text(step.name)} in {where} ({hint})")
        return found[step.name]
    if isinstance(found, list) and step.item:
        return _choose_item(found, step.name, where)
    if isinstance(found, list):
        raise MissingMeasurement(
            f"{where} is a list: choose an item in brackets ({_describe_items(found)})"
        )
    raise MissingMeasurement(
        f"{where} is {_describe_kind(found)}: there is no {quote_text(step.name)} below it"
    )


def _choose_item(items: list[Any], name: str, where: str) -> Any:
    """The item of that name, else the one at that index."""
    names = [item_name(item) for item in items]
    if names.count(name) > 1:
        raise MissingMeasurement(
            f"{names.count(name)} items of {where} are called {quote_text(name)}"
        )
    if name in names:
        return items[names.index(name)]
    counted = all(known is not None and known.isdecimal() for known in names)
    if name.isdecimal() and not counted and int(name) < len(items):
        return items[int(name)]
    raise MissingMeasurement(
        f"there is no {quote_text(name)} in {where} ({_suggest_item(items, name)})"
    )


def _suggest_item(items: list[Any], name: str) -> str:
    names = [known for known in map(item_name, items) if known]
    return suggest_name(name, names) if names else _describe_items(items)


def _describe_items(items: list[Any]) -> str:
    names = [known for known in map(item_name, items) if known]
    if not items:
        return "it is empty"
    return suggest_name("", names) if names else f"by index, 0 to {len(items) - 1}"


def _check_leaf(found: Any, where: str) -> Value:
    if isinstance(found, float) and not math.isfinite(found):
        raise MissingMeasurement(f"{where} is no number here")
    if isinstance(found, Value):
        return found
    if isinstance(found, dict):
        raise MissingMeasurement(
            f"{where} is a whole part: name a figure of it ({suggest_name('', found)})"
        )
    if isinstance(found, list):
        raise MissingMeasurement(
            f"{where} is a list: choose an item in brackets ({_describe_items(found)})"
        )
    raise MissingMeasurement(f"{where} is empty here: there is no such figure")


def _describe_kind(found: Any) -> str:
    if found is None:
        return "empty here"
    return "a text" if isinstance(found, str) else "a number or true or false"
