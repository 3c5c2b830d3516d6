"""The frozen records of a comparison: what the JSON holds and the page shows.

Numbers are Python floats, missing is None. Every difference is b minus a.
Never: a clock, a path of this machine.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

from pydantic import Field

from generator.kinds import TokenKind
from generator.notice import NOTICE
from generator.records.claim_comparison import ClaimsComparison
from generator.records.model import ModelRecord
from generator.records.quality import Quality
from generator.records.ranks import Alikeness, Overlap
from generator.records.record import Record
from generator.records.run import Artifact

SCHEMA: Literal["attention-reports/comparison/1"] = "attention-reports/comparison/1"


class HeadPattern(str, Enum):
    """What one head's mean map mostly looks like; thresholds stand in `patterns`."""

    EVEN = "even"
    OWN = "own position"
    ONE = "one position"
    NEAR = "neighbours"
    OTHER = "other"


class ComparedPosition(Record):
    """One sensor or time step in both models; ranks count the shared positions only."""

    name: str
    label: str
    index_a: int
    index_b: int
    importance_a: float
    importance_b: float
    """Share of importance in each model, over all of its own positions."""
    lift_a: float
    lift_b: float
    rank_a: int
    rank_b: int
    rank_change: int
    """rank_b - rank_a: negative stands higher in b."""


class RankAgreement(Record):
    """How alike two rankings of the same n positions are, beside what chance alone gives."""

    n: int
    spearman: float | None
    """Rank correlation rho; None where one ranking is level."""
    kendall: float | None
    """Kendall's tau-b."""
    chance: float
    """95 of 100 reshuffled rankings stay within plus or minus this rho."""
    chance_from: Literal["all orders", "seeded orders", "normal limit"]
    alikeness: Alikeness
    overlaps: tuple[Overlap, ...]
    js_distance: float | None
    """Jensen-Shannon distance (base 2) of the two importance distributions over the shared
    positions, 0 = the same, 1 = nothing in common; None where one has no weight there."""


class HeadStatistics(Record):
    """One head's mean map in four figures, and the pattern they make it."""

    layer: int
    head: int
    pattern: HeadPattern
    focus: float
    own: float | None
    """Mean share a position gives to itself; None where queries are not the keys."""
    one: float
    """Largest mean share that a single key receives."""
    near: float | None
    """Share given to keys at most `marks.REACH` steps away, over an even spread; None where
    order means nothing (sensors) or queries are not the keys."""


class HeadMatch(Record):
    """The head of the other model whose map deviates from an even share most alike."""

    layer: int
    head: int
    other_layer: int | None
    other_head: int | None
    likeness: float | None
    """Cosine of the two deviations, -1 to 1; None where a map is exactly even."""
    matched: bool
    """Whether the likeness reaches `marks.MATCHED`."""


class AttentionComparison(Record):
    """Two attention results: what may be compared, and where it may, how alike they are."""

    names: tuple[str, str]
    comparable: bool
    reason: str
    """Why positions cannot be set beside each other; '' where they can."""
    tokens: tuple[TokenKind, TokenKind]
    only_a: tuple[str, ...] = ()
    """Sensors that only the first model reads; they are left out of everything below."""
    only_b: tuple[str, ...] = ()
    positions: tuple[ComparedPosition, ...] = ()
    ranks: RankAgreement | None = None
    heads_a: tuple[HeadStatistics, ...] = ()
    heads_b: tuple[HeadStatistics, ...] = ()
    matches_a: tuple[HeadMatch, ...] = ()
    """For each head of a the most similar head of b; `matches_b` the other way round."""
    matches_b: tuple[HeadMatch, ...] = ()
    heads_reason: str = ""
    """Why heads are not matched; '' where they are."""


class SideRecord(Record):
    """One of the two reports: its state, its model and how good that is."""

    id: str
    state: Literal["built", "failed", "not built"]
    detail: str = ""
    """The stage and the sentence of a failure."""
    key: str = ""
    model: ModelRecord | None = None
    quality: Quality | None = None


class ScorePair(Record):
    """One measure of held-out quality, for both models."""

    measure: str
    unit: str
    better: Literal["higher", "lower"]
    a: float
    b: float
    ahead: Literal["a", "b", "equal"]


class ComparisonRecord(Record):
    """Two reports on the same data, side by side."""

    schema_id: str = Field(default=SCHEMA, alias="schema")
    id: str
    """'<a>--<b>', the folder below `compare/`."""
    dataset: str
    simulated: bool
    a: SideRecord
    b: SideRecord
    missing: str = ""
    """Why there is nothing to compare: a side failed or is not on the site; '' else."""
    scores: tuple[ScorePair, ...] = ()
    scores_reason: str = ""
    """Why held-out figures are not set against each other; '' where they are."""
    windows: int | None = None
    """Explained windows that both reports' maps are the mean of."""
    claims: ClaimsComparison | None = None
    """None where a side has no claims on record."""
    attention: AttentionComparison | None = None
    artifacts: tuple[Artifact, ...] = ()
    intended_use: str = NOTICE

    def to_document(self) -> dict[str, Any]:
        """What `comparison.json` holds: all but the list of files."""
        return self.model_dump(mode="json", by_alias=True, exclude={"artifacts"})
