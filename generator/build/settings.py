"""The settings of a run as people read them.

In: a planned run. Out: words by name, for the record, whether the run has a result or not.
"""

from __future__ import annotations

from generator.build.plan import Run

WINDOWS_AT_ONCE = 256  # a fixed batch: results must not depend on free memory


def describe_settings(run: Run) -> dict[str, str]:
    """What was asked for, by what it is called on a page."""
    report = run.report
    others = {
        f"code of the {code.role} {code.name}": (
            f"{code.package} {code.version}, SHA-256 of its sources {code.sha256}"
        )
        for code in run.code
    }
    return {
        "explained windows, at most": str(report.windows.count),
        "seed of their choice": str(report.windows.seed),
        "heads": "all where their maps fit 64 MB, else their mean",
        "averaged over": "the explained windows",
        "windows in one forward pass": str(WINDOWS_AT_ONCE),
        **others,
    }
