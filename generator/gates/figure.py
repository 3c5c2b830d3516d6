"""What stands at the end of a path into a published document, or which step is not there.

In: a JSON document, the steps of a path. Out: the value, or a sentence.
Never: a step guessed or skipped; a path that does not lead all the way finds nothing.
"""

from __future__ import annotations

import math
from typing import Any

from generator.records.gates import Value
from generator.spec.figure_path import Step, written
from generator.words import shown, suggestion

NAMED_BY = ("id", "name", "measure", "sensor", "k")
"""The keys an item of a list is called by, the first that it has."""


class NotThere(Exception):
    """The sentence that says which step is not there, and what is."""


def figure_at(document: dict[str, Any], steps: tuple[Step, ...]) -> Value:
    """The number, text or verdict that the steps lead to.

    Raises:
        NotThere: a step is not there, or the way ends before or after a figure.
    """
    found: Any = document
    for at, step in enumerate(steps):
        found = _below(found, step, written(steps[:at]) or "the document")
    return _leaf(found, written(steps))


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


def _below(found: Any, step: Step, where: str) -> Any:
    if isinstance(found, dict):
        if step.name not in found:
            hint = suggestion(step.name, found)
            raise NotThere(f"there is no {shown(step.name)} in {where} ({hint})")
        return found[step.name]
    if isinstance(found, list) and step.item:
        return _chosen(found, step.name, where)
    if isinstance(found, list):
        raise NotThere(f"{where} is a list: choose an item in brackets ({_listed(found)})")
    raise NotThere(f"{where} is {_kind(found)}: there is no {shown(step.name)} below it")


def _chosen(items: list[Any], name: str, where: str) -> Any:
    """The item of that name, else the one at that index."""
    names = [item_name(item) for item in items]
    if names.count(name) > 1:
        raise NotThere(f"{names.count(name)} items of {where} are called {shown(name)}")
    if name in names:
        return items[names.index(name)]
    counted = all(known is not None and known.isdecimal() for known in names)
    if name.isdecimal() and not counted and int(name) < len(items):
        return items[int(name)]
    raise NotThere(f"there is no {shown(name)} in {where} ({_hint(items, name)})")


def _hint(items: list[Any], name: str) -> str:
    names = [known for known in map(item_name, items) if known]
    return suggestion(name, names) if names else _listed(items)


def _listed(items: list[Any]) -> str:
    names = [known for known in map(item_name, items) if known]
    if not items:
        return "it is empty"
    return suggestion("", names) if names else f"by index, 0 to {len(items) - 1}"


def _leaf(found: Any, where: str) -> Value:
    if isinstance(found, float) and not math.isfinite(found):
        raise NotThere(f"{where} is no number here")
    if isinstance(found, Value):
        return found
    if isinstance(found, dict):
        raise NotThere(f"{where} is a whole part: name a figure of it ({suggestion('', found)})")
    if isinstance(found, list):
        raise NotThere(f"{where} is a list: choose an item in brackets ({_listed(found)})")
    raise NotThere(f"{where} is empty here: there is no such figure")


def _kind(found: Any) -> str:
    if found is None:
        return "empty here"
    return "a text" if isinstance(found, str) else "a number or true or false"
