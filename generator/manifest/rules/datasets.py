"""What the keys of one dataset say of each other: its clock, its sensors, what is held out.

In: located values, right or wrong. Out: mistakes. Never: a file touched; whether a column is in
the data is found when its header is read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from zoneinfo import available_timezones

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import find_repeats, find_unknown, to_list, to_mapping
from generator.spec.horizon import parse_horizon
from generator.words import quote_text, suggest_name

_LABELS = (
    "a label file is joined to the data on a key column, such as {path: labels.csv, join: cycle}"
)
_NOT_CALCULATED = (None, "measured", "setpoint")
_NO_ZONES = frozenset({"localtime", "Factory"})


def find_dataset_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every mistake within a dataset that needs more than one key to see."""
    for name, dataset in to_mapping(to_mapping(tree.values).get("datasets")).items():
        yield from _check_dataset(tree, ("datasets", name), to_mapping(dataset))


def _check_dataset(tree: Located, path: KeyPath, dataset: dict[str, object]) -> Iterator[Mistake]:
    yield from _check_clock(tree, path, dataset)
    yield from _check_columns(tree, path, dataset)
    yield from _check_lineage(tree, (*path, "sensors"), to_mapping(dataset.get("sensors")))
    yield from _check_sensor_lists(tree, path, dataset)
    holdout = to_mapping(dataset.get("holdout"))
    if holdout.get("by") == "group" and dataset.get("group") is None:
        says = "needs a group column; name it under 'group', or hold out by time"
        yield tree.at_value((*path, "holdout", "by"), says)
    if holdout.get("by") == "time" and holdout.get("blocks", 1) != 1:
        says = "blocks are of groups: hold out by group, or leave blocks away"
        yield tree.at_value((*path, "holdout", "blocks"), says)
    yield from _check_healthy_sides(tree, path, dataset)
    target = to_mapping(dataset.get("target"))
    for key, other in (("path", "join"), ("join", "path")):
        if target.get(key) is not None and target.get(other) is None:
            yield tree.at_key((*path, "target", key), f"needs '{other}' beside it: {_LABELS}")


def _check_healthy_sides(
    tree: Located, path: KeyPath, dataset: dict[str, object]
) -> Iterator[Mistake]:
    """What the fault is taken from: twin runs of a simulator, healthy classes of a class."""
    if dataset.get("twins") is not None and dataset.get("simulated") is False:
        yield tree.at_key((*path, "twins"), "only simulated data has runs without their fault")
    if dataset.get("twins") is not None and dataset.get("time", 0) is None:
        yield tree.at_key((*path, "twins"), "are found by their time, and this data has no clock")
    target = to_mapping(dataset.get("target"))
    if target.get("healthy") and target.get("task") != "class":
        says = "names classes: say task: class beside it, or leave it away"
        yield tree.at_key((*path, "target", "healthy"), says)


def _check_sensor_lists(
    tree: Located, path: KeyPath, dataset: dict[str, object]
) -> Iterator[Mistake]:
    """Groups and regime name sensors of the dataset, each once."""
    groups = to_mapping(dataset.get("groups"))
    lists: list[KeyPath] = [(*path, "groups", name) for name in groups]
    named = [(at, to_list(groups[name])) for at, name in zip(lists, groups, strict=True)]
    for at, listed in (*named, ((*path, "regime"), to_list(dataset.get("regime")))):
        for index, name in enumerate(listed):
            yield from find_unknown(
                tree, (*at, index), name, "sensor", to_mapping(dataset.get("sensors"))
            )
        yield from find_repeats(tree, at, listed, str)
    for at, listed in named:
        if len(listed) == 1:
            yield tree.at_value(at, "a group is of two or more sensors")


def _check_clock(tree: Located, path: KeyPath, dataset: dict[str, object]) -> Iterator[Mistake]:
    """A zone that exists; a horizon in what the dataset counts in."""
    zone = to_mapping(dataset.get("time")).get("zone")
    if isinstance(zone, str) and zone.strip() and zone not in (zones := _list_zones()):
        hint = suggest_name(zone, zones)
        near = f" ({hint})" if hint.startswith("did") else "; for example Europe/Berlin"
        yield tree.at_value(
            (*path, "time", "zone"), f"no time zone is called {quote_text(zone)}{near}"
        )
    at, value = (*path, "target", "horizon"), to_mapping(dataset.get("target")).get("horizon")
    if value is None or "time" not in dataset:
        return
    try:
        horizon = parse_horizon(value)
    except ValueError:
        return  # said by the schema
    if horizon.rows == 0:
        return  # the same moment, with or without a clock
    in_rows = horizon.rows is not None
    if dataset["time"] is None and not in_rows:
        yield tree.at_value(
            at, f"the data has no clock: count rows, such as '30 rows' (found {value})"
        )
    if dataset["time"] is not None and in_rows:
        yield tree.at_value(at, f"the data has a clock: say how long, such as 5min (found {value})")


def _check_columns(tree: Located, path: KeyPath, dataset: dict[str, object]) -> Iterator[Mistake]:
    """The clock and the group are not sensors; names that look alike are one name."""
    sensors = to_mapping(dataset.get("sensors"))
    others = {to_mapping(dataset.get("time")).get("column"): "time", dataset.get("group"): "group"}
    first: dict[str, str] = {}
    for name in sensors:
        at = (*path, "sensors", name)
        if name in others:
            yield tree.at_key(at, f"is the {others[name]} column, not a sensor")
        twin = first.setdefault(unicodedata.normalize("NFC", name), name)
        if twin != name:
            yield tree.at_key(at, "looks the same as an earlier sensor (Unicode composition)")


def _check_lineage(tree: Located, path: KeyPath, sensors: dict[str, object]) -> Iterator[Mistake]:
    """Calculated values come from sensors of the same dataset."""
    for name, spec in sensors.items():
        sources = to_list(to_mapping(spec).get("derived_from"))
        at = (*path, name, "derived_from")
        if sources and to_mapping(spec).get("kind") in _NOT_CALCULATED:
            yield tree.at_key(at, "is for calculated sensors; say kind: calculated")
        for index, source in enumerate(sources):
            if source == name:
                yield tree.at_value((*at, index), "a sensor cannot be derived from itself")
            else:
                yield from find_unknown(tree, (*at, index), source, "sensor", sensors)
        yield from find_repeats(tree, at, sources, str)


def _list_zones() -> set[str]:
    return available_timezones() - _NO_ZONES
