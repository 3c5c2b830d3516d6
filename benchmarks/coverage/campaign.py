"""Runs every family in a child of its own, two at a time, and keeps what is finished.

In: families and a folder. Out: one JSON line per family in `outcomes.jsonl` there; a second run
goes on where the first stopped. Never: a family that takes the campaign down with it.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import torch
import transformers
import yaml
from transformers.models.auto.modeling_auto import MODEL_MAPPING_NAMES

from benchmarks.coverage.judge import Outcome, judge_family

SECONDS, BYTES = 90, 10 << 30
OVERRIDES = Path(__file__).with_name("families.yaml")


def list_families() -> list[str]:
    """Every model type of the installed transformers' AutoModel mapping."""
    return list(MODEL_MAPPING_NAMES)


@cache
def read_overrides() -> dict[str, dict[str, Any]]:
    """What a family's small config needs said by hand."""
    return yaml.safe_load(OVERRIDES.read_text(encoding="utf-8")) or {}


def run_campaign(names: Iterable[str], kept: Path, at_once: int = 2) -> list[Outcome]:
    """The outcome of each family, from `kept` where it is there already."""
    known = {one.family: one for one in read_outcomes(kept)}
    missing = [name for name in names if name not in known]
    with ThreadPoolExecutor(at_once) as pool, kept.open("a", encoding="utf-8") as lines:
        for outcome in pool.map(run_isolated, missing):
            known[outcome.family] = outcome
            lines.write(json.dumps(asdict(outcome)) + "\n")
            lines.flush()
    return [known[name] for name in sorted(names)]


def read_outcomes(kept: Path) -> Iterator[Outcome]:
    """The outcomes of an earlier run."""
    if kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            yield Outcome(**{**found, "gaps": tuple(found["gaps"])})


def run_isolated(family: str) -> Outcome:
    """One family in a forked child with a time and a memory limit."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        _run_child(family, writes)
    os.close(writes)
    with os.fdopen(reads, "rb") as stream:
        found = stream.read()
    _, status = os.waitpid(child, 0)
    if found:
        outcome = json.loads(found)
        return Outcome(**{**outcome, "gaps": tuple(outcome["gaps"])})
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return Outcome(family, "timeout", cause=f"longer than {SECONDS} s")
    return Outcome(family, "not run", cause=f"its process died with status {status}")


def _run_child(family: str, writes: int) -> None:
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    hub_logging: Any = transformers.logging
    hub_logging.set_verbosity_error()
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        known = read_overrides().get(family, {})
        outcome = judge_family(family, known.get("config", {}), known.get("given", {}))
    except BaseException as error:  # noqa: BLE001 - a child answers for itself, whatever happened
        outcome = Outcome(family, "not run", cause=f"{type(error).__name__}: {error}"[:300])
    with os.fdopen(writes, "wb") as stream:
        stream.write(json.dumps(asdict(outcome)).encode())
    os._exit(0)
