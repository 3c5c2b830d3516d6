"""What one part of a manifest says about another: names that must exist, ids that are taken.

In: located values, right or wrong: each check looks only at what it can read, so that a mistake
elsewhere hides nothing. Out: mistakes. Never: a file touched.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.installed import AGENTS, MODELS, list_installed
from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import find_repeats, find_unknown, to_list, to_mapping
from generator.spec.models import SOURCES
from generator.words import quote_text, suggest_name

_NO_AGENTS = "none is installed; run: pip install attention-reports"


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
    yield from _check_reports(tree, root)


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
        yield from find_unknown(
            tree, (*path, index), other, "model", to_mapping(root.get("models"))
        )
        if other == name:
            yield tree.at_value((*path, index), "is this model itself")
    yield from find_repeats(tree, path, siblings, str)


def _check_agent(
    tree: Located, root: dict[str, object], path: KeyPath, agent: dict[str, object]
) -> Iterator[Mistake]:
    yield from find_unknown(
        tree, (*path, "model"), agent.get("model"), "model", to_mapping(root.get("models"))
    )
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
            yield from find_unknown(
                tree, (*path, key), report.get(key), key, to_mapping(root.get(section))
            )
        yield from _check_subject(tree, path, report)
        yield from _check_expectations(tree, root, report)
        yield from find_repeats(tree, (*path, "exports"), to_list(report.get("exports")), str)
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
            yield from find_unknown(
                tree, (*at, index), name, "sensor", to_mapping(spec.get("sensors"))
            )


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
