"""Which reports may be compared: two of them, on the same data, over the same windows.

In: located values, right or wrong. Out: mistakes. Never: a report's model judged; whether its
tokens can be set beside another's is known only after it ran.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.references import items, mapping
from generator.spec.schema import WindowsSpec
from generator.words import shown, suggestion

_USUAL = WindowsSpec()


def comparison_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every pair that cannot be compared as it stands, at the id that makes it so."""
    root = mapping(tree.values)
    reports = {
        name: report
        for report in (mapping(item) for item in items(root.get("reports")))
        if isinstance(name := report.get("id"), str)
    }
    first: dict[frozenset[str], int] = {}
    for index, pair in enumerate(items(root.get("comparisons"))):
        path: KeyPath = ("comparisons", index)
        names = [name for name in items(pair) if isinstance(name, str)]
        yield from _unknown(tree, path, items(pair), reports)
        if len(names) == 2 == len(items(pair)) and all(name in reports for name in names):
            yield from _pair(tree, path, names, [reports[name] for name in names])
            earlier = first.setdefault(frozenset(names), index)
            if earlier != index and names[0] != names[1]:
                line = tree.at_value(("comparisons", earlier), "").mark.line
                says = f"these two are compared already (line {line}; their order does not count)"
                yield tree.at_value(path, says)


def _unknown(
    tree: Located, path: KeyPath, pair: list[object], reports: dict[str, dict[str, object]]
) -> Iterator[Mistake]:
    for at, name in enumerate(pair):
        if isinstance(name, str) and name not in reports:
            hint = suggestion(name, reports)
            yield tree.at_value((*path, at), f"no report is called {shown(name)} ({hint})")


def _pair(
    tree: Located, path: KeyPath, names: list[str], reports: list[dict[str, object]]
) -> Iterator[Mistake]:
    """One mistake about two reports that are there."""
    data = [report.get("dataset") for report in reports]
    windows = [_windows(report) for report in reports]
    if names[0] == names[1]:
        yield tree.at_value((*path, 1), "a report cannot be compared with itself; name another")
    elif data[0] != data[1]:
        yield tree.at_value(
            (*path, 1),
            f"only models on the same data can be compared ({shown(names[0])} is on "
            f"{shown(str(data[0]))}, {shown(names[1])} on {shown(str(data[1]))})",
        )
    elif windows[0] != windows[1] and all(isinstance(n, int) for w in windows for n in w):
        yield tree.at_value(
            (*path, 1),
            "only maps over the same windows can be compared; give both reports the same windows "
            f"({_words(windows[0])} against {_words(windows[1])})",
        )


def _windows(report: dict[str, object]) -> tuple[object, object]:
    """Count and seed of a report's windows, as typed or as usual."""
    given = mapping(report.get("windows"))
    return given.get("count", _USUAL.count), given.get("seed", _USUAL.seed)


def _words(windows: tuple[object, object]) -> str:
    return f"count {windows[0]}, seed {windows[1]}"
