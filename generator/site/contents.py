"""All that a site says, as records: what is drawn, and drawn again, into the same bytes.

Never: a path, a clock, an order or a number that the published records do not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from generator.hashing import canonise_text
from generator.pages import Page, make_pages
from generator.records import GatesRecord, Record, RunRecord, SiteInfo
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class SiteContents:
    """What the manifest says of the site, and its records, each kind in the manifest's order."""

    site: SiteInfo
    runs: tuple[RunRecord, ...]
    comparisons: tuple[ComparisonRecord, ...] = ()
    profiles: tuple[DatasetProfile, ...] = ()
    gates: GatesRecord | None = None

    def make_pages(self) -> tuple[Page, ...]:
        """Every page of the site.

        Raises:
            UsageError: an id cannot be a folder name, or is not that of a comparison's reports.
        """
        return make_pages(
            self.site,
            self.runs,
            comparisons=self.comparisons,
            profiles=self.profiles,
            gates=self.gates,
        )


def make_contents(
    site: SiteInfo,
    runs: Iterable[RunRecord],
    comparisons: Iterable[ComparisonRecord] = (),
    profiles: Iterable[DatasetProfile] = (),
    gates: GatesRecord | None = None,
) -> SiteContents:
    """The records as a reader of the published files gets them: canonical JSON sorts keys."""
    return SiteContents(
        site=settle(site),
        runs=tuple(settle(record) for record in runs),
        comparisons=tuple(settle(record) for record in comparisons),
        profiles=tuple(settle(record) for record in profiles),
        gates=settle(gates) if gates else None,
    )


def settle(record: R) -> R:
    """The record, written to canonical JSON and read again."""
    return type(record).model_validate_json(encode_record(record))


def encode_record(record: Record) -> bytes:
    """The record in canonical JSON: the same record, the same bytes."""
    return canonise_text(record.model_dump_json(by_alias=True)) + b"\n"
