"""The page of one comparison, and the list of all: what may be compared, then how alike it is.

In: ComparisonRecords and the views of the runs on the site. Out: contexts, with every table in the
order it is shown and every line of the drawing as numbers. Never: a computation on attention, a
sentence, a link to a report that is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.comparison import marks
from generator.figures.sizes import PAIR_SIZE, PIXELS_PER_INCH
from generator.kinds import TokenKind
from generator.notice import MODEL_OUTPUT, NOTICE
from generator.pages.claim_comparison import ComparedClaims
from generator.pages.gates import NO_GATES, Gates
from generator.pages.page import Page
from generator.pages.report import EVEN
from generator.pages.run_view import RunView
from generator.pages.slope_drawing import MOST_ROWS, Profile, Slope, make_profile, make_slope
from generator.records import Artifact, DatasetRecord, Sensor
from generator.records.comparison import (
    AttentionComparison,
    ComparedPosition,
    ComparisonRecord,
    HeadMatch,
    HeadPattern,
    HeadStatistics,
    RankAgreement,
    SideRecord,
)

OPEN_ROWS = 16
"""Rows of a long table that are shown before 'show all'."""
PICTURE = "maps.png"


@dataclass(frozen=True)
class PatternCount:
    """How many heads of each model look like one pattern; None where only their mean was kept."""

    pattern: HeadPattern
    a: int | None
    b: int | None


@dataclass(frozen=True)
class MatchedHead:
    """One head, its pattern, and the head of the other model most like it."""

    head: HeadStatistics
    match: HeadMatch
    other: HeadStatistics | None


@dataclass(frozen=True)
class Comparison:
    """Everything the page of one comparison shows."""

    record: ComparisonRecord
    runs: tuple[RunView | None, RunView | None]
    """The reports; None where one is not on the site."""
    gates: Gates = NO_GATES

    @property
    def sides(self) -> tuple[SideRecord, SideRecord]:
        """Both sides, a first."""
        return self.record.a, self.record.b

    @property
    def simulated(self) -> bool:
        """Whether the data came from a simulator."""
        return self.record.simulated

    @property
    def found(self) -> AttentionComparison | None:
        """What was compared; None where a side has no result."""
        return self.record.attention

    @property
    def claims(self) -> ComparedClaims | None:
        """What changed in the claims; None where a side has none on record."""
        return ComparedClaims(self.record.claims) if self.record.claims else None

    @property
    def comparable(self) -> bool:
        """Whether positions are set beside each other."""
        return self.found is not None and self.found.comparable

    @property
    def left_out(self) -> bool:
        """Whether a side is not on the site by the builder's own wish."""
        return any(side.state == "not built" for side in self.sides)

    @property
    def dataset(self) -> DatasetRecord | None:
        """The data both reports are about, where one of them got so far."""
        datasets = (run.record.dataset for run in self.runs if run and run.record.dataset)
        return next(datasets, None)

    @property
    def derived(self) -> tuple[Sensor, ...]:
        """Compared sensors that are calculated from others."""
        shared = {p.name for p in self.found.positions} if self.found else set()
        sensors = self.found and self.found.tokens[0] is TokenKind.SENSORS and self.dataset
        rows = sensors.sensors if sensors else ()
        return tuple(r.sensor for r in rows if r.sensor.derived_from and r.sensor.name in shared)

    @property
    def nearly_even(self) -> tuple[str, ...]:
        """The reports whose most attended position got little more than an even share."""
        lifts = [(p.lift_a, p.lift_b) for p in self.ordered]
        tops = [max(column) for column in zip(*lifts, strict=True)]
        pairs = zip(self.sides, tops, strict=False)
        return tuple(side.id for side, top in pairs if top < EVEN)

    @property
    def weak(self) -> tuple[RunView, ...]:
        """The reports whose model is no better than a simple rule."""
        return tuple(run for run in self.runs if run and run.weak)

    @property
    def overlapping(self) -> tuple[RunView, ...]:
        """The reports scored partly on data their model was trained on."""
        return tuple(run for run in self.runs if run and run.overlap)

    @property
    def ranks(self) -> RankAgreement | None:
        """How alike the rankings are; None where they cannot be set beside each other."""
        return self.found.ranks if self.found else None

    @property
    def ordered(self) -> tuple[ComparedPosition, ...]:
        """Shared positions in the order of a's ranking."""
        return tuple(sorted(self.found.positions, key=lambda p: p.rank_a)) if self.found else ()

    @property
    def slope(self) -> Slope | None:
        """Ranks of both as lines, where they are few enough to be read."""
        return make_slope(self.ordered) if 0 < len(self.ordered) <= MOST_ROWS else None

    @property
    def profile(self) -> Profile | None:
        """Times an even share along the positions, where they are too many for lines."""
        many = self.found is not None and len(self.found.positions) > MOST_ROWS
        return make_profile(self.found.positions) if many and self.found else None

    @property
    def patterns(self) -> tuple[PatternCount, ...]:
        """Each pattern with its number of heads in both models."""
        if not self.found or not (self.found.heads_a or self.found.heads_b):
            return ()
        a, b = self.found.heads_a, self.found.heads_b
        in_a, in_b = (Counter(head.pattern for head in heads) for heads in (a, b))
        return tuple(
            PatternCount(kind, in_a[kind] if a else None, in_b[kind] if b else None)
            for kind in HeadPattern
        )

    @property
    def matched(self) -> tuple[tuple[MatchedHead, ...], tuple[MatchedHead, ...]]:
        """The heads of a beside their nearest of b, and the other way round."""
        if not self.found:
            return (), ()
        a, b = self.found.heads_a, self.found.heads_b
        return _match_heads(a, self.found.matches_a, b), _match_heads(b, self.found.matches_b, a)

    @property
    def unmatched(self) -> tuple[int, int]:
        """How many heads of a, and of b, no head of the other model is like."""
        a, b = (sum(not head.match.matched for head in side) for side in self.matched)
        return a, b

    @property
    def downloads(self) -> tuple[Artifact, ...]:
        """The files of the comparison."""
        return self.record.artifacts

    @property
    def has_picture(self) -> bool:
        """Whether both mean maps were drawn."""
        return any(artifact.path == PICTURE for artifact in self.record.artifacts)

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of that picture, in pixels."""
        width, height = PAIR_SIZE
        return round(width * PIXELS_PER_INCH), round(height * PIXELS_PER_INCH)

    @property
    def open_rows(self) -> int:
        """How many rows of a long table are shown at once."""
        return OPEN_ROWS

    @property
    def limits(self) -> dict[str, float]:
        """The thresholds of the patterns and of a match, by name."""
        return {
            "even": marks.EVEN_BELOW,
            "own": marks.OWN_FROM,
            "one": marks.ONE_FROM,
            "near": marks.NEAR_FROM,
            "reach": marks.REACH,
            "match": marks.MATCHED,
        }

    @property
    def notice(self) -> str:
        """The one sentence that goes with every number."""
        return NOTICE

    @property
    def model_output(self) -> str:
        """What must stand beside every figure that a model made."""
        return MODEL_OUTPUT


@dataclass(frozen=True)
class ComparisonList:
    """Every comparison as one row."""

    comparisons: tuple[Comparison, ...]

    @property
    def simulated(self) -> bool:
        """Whether any comparison listed here rests on simulated data."""
        return any(comparison.simulated for comparison in self.comparisons)


def make_comparison_view(
    record: ComparisonRecord, runs: Sequence[RunView], gates: Gates = NO_GATES
) -> Comparison:
    """The view of one comparison, with the reports that are on the site."""
    views = {run.id: run for run in runs}
    return Comparison(record, (views.get(record.a.id), views.get(record.b.id)), gates)


def find_comparisons(
    report: str, comparisons: Sequence[ComparisonRecord]
) -> tuple[tuple[str, str], ...]:
    """The comparisons that show a report: each one's id, and the other report's."""
    return tuple(
        (c.id, c.b.id if c.a.id == report else c.a.id)
        for c in comparisons
        if report in (c.a.id, c.b.id)
    )


def make_comparison_pages(comparisons: tuple[Comparison, ...]) -> Iterator[Page]:
    """`compare/index.html` and `compare/<a>--<b>/index.html`; nothing where none is asked for."""
    if not comparisons:
        return
    listed = ComparisonList(comparisons)
    yield Page("compare/index.md", "Comparisons", "pages/comparisons.md.j2", listed)
    for view in comparisons:
        title = f"{view.record.a.id} and {view.record.b.id}"
        path = f"compare/{view.record.id}/index.md"
        yield Page(path, title, "pages/comparison.md.j2", view, long=True)


def _match_heads(
    heads: tuple[HeadStatistics, ...],
    matches: tuple[HeadMatch, ...],
    others: tuple[HeadStatistics, ...],
) -> tuple[MatchedHead, ...]:
    at = {(other.layer, other.head): other for other in others}
    return tuple(
        MatchedHead(head, match, at.get((match.other_layer or 0, match.other_head or 0)))
        for head, match in zip(heads, matches, strict=False)
    )
