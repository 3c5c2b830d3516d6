"""Which reports may be compared: two of them, on the same data, over the same windows.

In: located values, right or wrong. Out: mistakes. Never: a report's model judged; whether its
tokens can be set beside another's is known only after it ran.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import find_unknown, to_list, to_mapping
from generator.spec.reports import WindowsSpec
from generator.words import quote_text

_USUAL = WindowsSpec()


def find_comparison_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every pair that cannot be compared as it stands, at the id that makes it so."""
    root = to_mapping(tree.values)
    reports = {
        name: report
        for report in (to_mapping(item) for item in to_list(root.get("reports")))
        if isinstance(name := report.get("id"), str)
    }
    first: dict[frozenset[str], int] = {}
    for index, pair in enumerate(to_list(root.get("comparisons"))):
        path: KeyPath = ("comparisons", index)
        names = [name for name in to_list(pair) if isinstance(name, str)]
        for at, name in enumerate(to_list(pair)):
            yield from find_unknown(tree, (*path, at), name, "report", reports)
        if len(names) == 2 == len(to_list(pair)) and all(name in reports for name in names):
            yield from _check_pair(tree, path, names, [reports[name] for name in names])
            earlier = first.setdefault(frozenset(names), index)
            if earlier != index and names[0] != names[1]:
                line = tree.at_value(("comparisons", earlier), "").mark.line
                says = f"these two are compared already (line {line}; their order does not count)"
                yield tree.at_value(path, says)


def _check_pair(
    tree: Located, path: KeyPath, names: list[str], reports: list[dict[str, object]]
) -> Iterator[Mistake]:
    """One mistake about two reports that are there."""
    data = [report.get("dataset") for report in reports]
    windows = [_read_windows(report) for report in reports]
    if names[0] == names[1]:
        yield tree.at_value((*path, 1), "a report cannot be compared with itself; name another")
    elif data[0] != data[1]:
        yield tree.at_value(
            (*path, 1),
            f"only models on the same data can be compared ({quote_text(names[0])} is on "
            f"{quote_text(str(data[0]))}, {quote_text(names[1])} on {quote_text(str(data[1]))})",
        )
    elif windows[0] != windows[1] and all(isinstance(n, int) for w in windows for n in w):
        yield tree.at_value(
            (*path, 1),
            "only maps over the same windows can be compared; give both reports the same windows "
            f"({_describe_windows(windows[0])} against {_describe_windows(windows[1])})",
        )


def _read_windows(report: dict[str, object]) -> tuple[object, object]:
    """Count and seed of a report's windows, as typed or as usual."""
    given = to_mapping(report.get("windows"))
    return given.get("count", _USUAL.count), given.get("seed", _USUAL.seed)


def _describe_windows(windows: tuple[object, object]) -> str:
    return f"count {windows[0]}, seed {windows[1]}"
