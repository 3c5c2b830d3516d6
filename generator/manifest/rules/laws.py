"""What the checks of a dataset say of laws: the columns each law needs, and only those.

In: located values. Out: mistakes. Never: a file touched; whether a column is in the data is found
when the data is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.laws import LAWS
from generator.laws.law import Law
from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import to_list, to_mapping
from generator.spec.checks import CheckSpec
from generator.spec.horizon import parse_horizon
from generator.words import suggest_name

OPTIONS: dict[str, Callable[[Law], bool]] = {
    "over": lambda law: bool(law.summed),
    "metered": lambda law: bool(law.metered),
}
"""The keys of a check that only some laws take."""


def find_check_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every mistake in the checks of every dataset that needs more than one key to see."""
    for name, dataset in to_mapping(to_mapping(tree.values).get("datasets")).items():
        checks = to_list(to_mapping(dataset).get("checks"))
        for index, check in enumerate(checks):
            at: KeyPath = ("datasets", name, "checks", index)
            yield from _check_law(tree, at, to_mapping(check), to_mapping(dataset))


def _check_law(
    tree: Located, at: KeyPath, check: dict[str, object], dataset: dict[str, object]
) -> Iterator[Mistake]:
    law = LAWS.get(str(check.get("law")))
    if law is None:
        return  # said by the schema
    yield from _check_columns(tree, at, check, law)
    for key, takes in OPTIONS.items():
        if check.get(key) is not None and not takes(law):
            others = ", ".join(sorted(name for name, other in LAWS.items() if takes(other)))
            why = "has no such meter" if law.summed else "compares single rows"
            yield tree.at_key((*at, key), f"is for {others}; {law.name} {why}")
    if law.summed and check.get("over") is not None:
        yield from _check_over(tree, (*at, "over"), check["over"], dataset)


def _check_columns(
    tree: Located, at: KeyPath, check: dict[str, object], law: Law
) -> Iterator[Mistake]:
    """A column for each role of the law, and no other key."""
    for role in law.roles:
        if role not in check:
            says = f"is missing; {law.name} needs {', '.join(law.roles)}"
            yield tree.at_parent((*at, role), says)
    for key in check:
        if key not in law.roles and key not in CheckSpec.model_fields:
            hint = suggest_name(key, (*CheckSpec.model_fields, *law.roles))
            yield tree.at_key((*at, key), f"unknown key ({hint})")


def _check_over(
    tree: Located, at: KeyPath, value: object, dataset: dict[str, object]
) -> Iterator[Mistake]:
    try:
        in_rows = parse_horizon(value).rows is not None
    except ValueError:
        return  # said by the schema
    if "time" in dataset and in_rows != (dataset["time"] is None):
        wanted = "'24 rows': the data has no clock" if in_rows is False else "24h: it has a clock"
        yield tree.at_value(at, f"must be such as {wanted} (found {value})")
