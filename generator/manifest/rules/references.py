"""What one part of a manifest says about another: names that must exist, rules across keys.

In: located values, right or wrong: each check looks only at what it can read, so that a mistake
elsewhere hides nothing. Out: mistakes. Never: a file touched.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from zoneinfo import available_timezones

from generator.installed import AGENTS, MODELS, list_installed
from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.spec.horizon import parse_horizon
from generator.spec.models import SOURCES
from generator.words import quote_text, suggest_name

_LABELS = (
    "a label file is joined to the data on a key column, such as {path: labels.csv, join: cycle}"
)
_NOT_CALCULATED = (None, "measured", "setpoint")
_NO_AGENTS = "none is installed; run: pip install attention-reports"
_NO_ZONES = frozenset({"localtime", "Factory"})


def find_reference_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every mistake that needs more than one key to see."""
    root = to_mapping(tree.values)
    for section in ("datasets", "models", "agents"):
        yield from _check_unique_ids(
            tree, [(section, name) for name in to_mapping(root.get(section))]
        )
    for name, model in to_mapping(root.get("models")).items():
        yield from _check_source(tree, ("models", name, "source"), to_mapping(model).get("source"))
        yield from _check_siblings(tree, root, name, to_list(to_mapping(model).get("siblings")))
    for name, agent in to_mapping(root.get("agents")).items():
        yield from _check_agent(tree, root, ("agents", name), to_mapping(agent))
    for name, dataset in to_mapping(root.get("datasets")).items():
        yield from _check_dataset(tree, ("datasets", name), to_mapping(dataset))
    yield from _check_reports(tree, root)


def to_mapping(value: object) -> dict[str, object]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def to_list(value: object) -> list[object]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def _check_source(tree: Located, path: KeyPath, name: object) -> Iterator[Mistake]:
    """A source is built in, or installed under that name; nothing of it is loaded here."""
    known = {*SOURCES, *list_installed(MODELS)}
    if isinstance(name, str) and name.strip() and name not in known:
        hint = suggest_name(name, known)
        yield tree.at_value(
            path, f"no installed model source is called {quote_text(name)} ({hint})"
        )


def _check_siblings(
    tree: Located, root: dict[str, object], name: str, siblings: list[object]
) -> Iterator[Mistake]:
    """Siblings are other models, each named once."""
    path: KeyPath = ("models", name, "siblings")
    for index, other in enumerate(siblings):
        yield from _check_known(tree, (*path, index), other, "model", root.get("models"))
        if other == name:
            yield tree.at_value((*path, index), "is this model itself")
    yield from _check_repeats(tree, path, siblings)


def _check_agent(
    tree: Located, root: dict[str, object], path: KeyPath, agent: dict[str, object]
) -> Iterator[Mistake]:
    yield from _check_known(tree, (*path, "model"), agent.get("model"), "model", root.get("models"))
    name, installed = agent.get("agent"), list_installed(AGENTS)
    if isinstance(name, str) and name not in installed:
        hint = suggest_name(name, installed) if installed else _NO_AGENTS
        yield tree.at_value(
            (*path, "agent"), f"no installed agent is called {quote_text(name)} ({hint})"
        )


def _check_reports(tree: Located, root: dict[str, object]) -> Iterator[Mistake]:
    reports = [to_mapping(report) for report in to_list(root.get("reports"))]
    for index, report in enumerate(reports):
        path: KeyPath = ("reports", index)
        for key, section in (("dataset", "datasets"), ("agent", "agents"), ("model", "models")):
            yield from _check_known(tree, (*path, key), report.get(key), key, root.get(section))
        yield from _check_subject(tree, path, report)
        yield from _check_expectations(tree, root, report)
        yield from _check_repeats(tree, (*path, "exports"), to_list(report.get("exports")))
    paths: list[KeyPath] = [("reports", index, "id") for index in range(len(reports))]
    names = [(path, report.get("id")) for path, report in zip(paths, reports, strict=True)]
    yield from _check_unique_names(tree, [(p, n) for p, n in names if isinstance(n, str)])


def _check_subject(tree: Located, path: KeyPath, report: dict[str, object]) -> Iterator[Mistake]:
    """Exactly one of agent and model."""
    given = [key for key in ("agent", "model") if report.get(key) is not None]
    if not given and tree.value_marks.get(path) and report:
        yield tree.at_value(path, "needs an agent or a model")
    if len(given) == 2:
        yield tree.at_key((*path, "model"), "give an agent or a model, not both")


def _check_expectations(
    tree: Located, root: dict[str, object], report: dict[str, object]
) -> Iterator[Mistake]:
    """What an agent is expected to rest on are sensors of the data it is reported on."""
    agent, dataset = str(report.get("agent")), str(report.get("dataset"))
    expect = to_mapping(to_mapping(to_mapping(root.get("agents")).get(agent)).get("expect"))
    spec = to_mapping(to_mapping(root.get("datasets")).get(dataset))
    for key in ("rests_on", "not_on") if spec else ():
        at: KeyPath = ("agents", agent, "expect", key)
        for index, name in enumerate(to_list(expect.get(key))):
            yield from _check_known(tree, (*at, index), name, "sensor", spec.get("sensors"))


def _check_known(
    tree: Located, path: KeyPath, name: object, noun: str, section: object
) -> Iterator[Mistake]:
    known = to_mapping(section)
    if isinstance(name, str) and name not in known:
        hint = suggest_name(name, known)
        yield tree.at_value(path, f"no {noun} is called {quote_text(name)} ({hint})")


def _check_unique_ids(tree: Located, paths: list[KeyPath]) -> Iterator[Mistake]:
    yield from _check_unique_names(tree, [(path, str(path[-1])) for path in paths])


def _check_unique_names(tree: Located, names: list[tuple[KeyPath, str]]) -> Iterator[Mistake]:
    """Ids that are one folder where case does not count."""
    first: dict[str, KeyPath] = {}
    for path, name in names:
        earlier = first.setdefault(name.casefold(), path)
        if earlier != path:
            line = tree.at_key(earlier, "").mark.line
            says = f"the id {quote_text(name)} is taken (line {line}; case does not count)"
            in_list = isinstance(path[1], int)
            yield tree.at_value(path, says) if in_list else tree.at_key(path, says)


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
            yield from _check_known(tree, (*at, index), name, "sensor", dataset.get("sensors"))
        yield from _check_repeats(tree, at, listed)
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
                yield from _check_known(tree, (*at, index), source, "sensor", sensors)
        yield from _check_repeats(tree, at, sources)


def _check_repeats(tree: Located, path: KeyPath, listed: list[object]) -> Iterator[Mistake]:
    for index, value in enumerate(listed):
        if isinstance(value, str) and value in listed[:index]:
            yield tree.at_value((*path, index), f"{quote_text(value)} is listed twice")


def _list_zones() -> set[str]:
    return available_timezones() - _NO_ZONES
