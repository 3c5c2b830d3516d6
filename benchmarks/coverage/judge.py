"""One family: what its capture found, beside its own eager maps and the kernel's own output.

In: the name of a model type. Out: an Outcome. Never: a map counted that its proof denies.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn
from transformers import AutoModel, PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from benchmarks.coverage.hand_inputs import build_inputs
from benchmarks.coverage.map_differences import EXACT, compare_maps, explain_differences
from benchmarks.coverage.tiny_config import Settings, make_tiny
from benchmarks.whole_maps import WholeMaps
from generator.capture.inputs import model_input
from generator.capture.proof import Prover
from generator.capture.refusals import find_refusal
from generator.capture.running import SEED, run
from generator.doctor.example_input import (
    Inputs,
    describe_error,
    find_running_input,
    make_candidates,
)
from generator.errors import CaptureError, InputError

BUILD: Any = AutoModel.from_config
LARGEST = 250_000_000
Word = Literal[
    "exact", "different", "proved", "refused", "no attention", "not built", "not run", "timeout"
]


@dataclass(frozen=True)
class Outcome:
    """What one family's campaign run found.

    Attributes:
        family: the model type.
        outcome: the word.
        maps: attention calls that were read.
        theirs: maps that the eager model returned.
        worst: the largest difference from theirs; None where nothing was compared.
        proof: the largest self-proof error; None where no map was read.
        same_output: whether the output was bit-identical under capture; None where not run.
        gaps: modules that say attention and were not read.
        cause: why, in words or as the error said.
    """

    family: str
    outcome: Word
    maps: int = 0
    theirs: int = 0
    worst: float | None = None
    proof: float | None = None
    same_output: bool | None = None
    gaps: tuple[str, ...] = ()
    cause: str = ""


def judge_family(family: str, said: Settings, shapes: Mapping[str, Any]) -> Outcome:
    """Build, run, capture and compare one family; `said` and `shapes` are what it needs by hand."""
    try:
        config = make_tiny(CONFIG_MAPPING[family], said)
        with torch.device("meta"):
            size = sum(p.numel() for p in BUILD(copy.deepcopy(config)).parameters())
        if size > LARGEST:
            return Outcome(family, "not built", cause=f"{size / 1e6:.0f} million parameters")
        torch.manual_seed(SEED)
        model = BUILD(copy.deepcopy(config)).eval()
    except Exception as error:  # noqa: BLE001 - any family may fail in any way; its error is its cause
        return Outcome(family, "not built", cause=describe_error(error))
    try:
        torch.manual_seed(SEED)
        given = find_running_input(
            model, [build_inputs(shapes)] if shapes else make_candidates(model)
        )
    except InputError as error:
        return Outcome(family, "not run", cause=str(error).split("runs: ")[-1])
    return _judge_capture(family, config, model, given)


def _judge_capture(
    family: str, config: PreTrainedConfig, model: nn.Module, given: Inputs
) -> Outcome:
    plain = _run_forward(model, given)
    kept, outputs = WholeMaps(), []
    prover = Prover(kept)
    handle = model.register_forward_hook(lambda _m, _i, output: outputs.append(output))
    try:
        trail = run(model, model_input(model, given), prover)
    except CaptureError as error:
        return Outcome(family, "refused", maps=len(kept.maps), cause=str(error))
    finally:
        handle.remove()
    same = is_identical(plain, outputs[-1])
    worst = max((proof.error for proof in prover.proofs if proof), default=None)
    gaps = tuple(trail.find_unread(call.module for call in kept.calls))
    theirs, trouble = _read_eager_maps(config, model, given)
    failed = [
        f"{call.name}: {proof.reason()}"
        for call, proof in zip(kept.calls, prover.proofs, strict=True)
        if proof is not None and not proof.holds
    ]
    found = Outcome(family, "exact", len(kept.maps), len(theirs), None, worst, same, gaps)
    known = find_refusal(model)
    reason = known.reason if known else "modules say attention, and nothing was read in them"
    named = reason if trail.list_attention_like() else ""
    return _choose_outcome(found, kept, theirs, trouble, failed, named)


def _choose_outcome(
    found: Outcome,
    kept: WholeMaps,
    theirs: list[torch.Tensor],
    trouble: str,
    failed: list[str],
    named: str,
) -> Outcome:
    apart, unlike = compare_maps(kept.maps, theirs)
    given = vars(found) | {"worst": apart}
    if not kept.maps:
        word: Word = "refused" if named or theirs else "no attention"
        cause = named
        if theirs and not named:
            cause = f"SILENT: {len(theirs)} maps of theirs, nothing read and no gap named"
    elif failed:
        word, cause = "refused", f"{len(failed)} of {len(kept.maps)} maps unproved: {failed[0]}"
    elif unlike or (apart is not None and apart > EXACT):
        word, cause = "different", explain_differences(kept.maps, theirs)
    else:
        word, cause = ("exact", "") if theirs else ("proved", trouble)
    return Outcome(**(given | {"outcome": word, "cause": cause}))


def _read_eager_maps(
    config: PreTrainedConfig, model: nn.Module, given: Inputs
) -> tuple[list[torch.Tensor], str]:
    """The maps that the family's own eager attention returns, and why there are none."""
    try:
        other = BUILD(copy.deepcopy(config), attn_implementation="eager").eval()
        other.load_state_dict(model.state_dict())
        output = _run_forward(other, given, output_attentions=True)
    except Exception as error:  # noqa: BLE001 - no reference then, and why
        return [], f"eager: {describe_error(error)}"
    maps = [one.float() for one in find_attentions(output) if one.dim() == 4]
    return maps, "" if maps else "the eager model returns no maps"


def find_attentions(output: Any, *, inside: bool = False) -> Iterator[torch.Tensor]:
    """Every tensor of an output below a name that says attentions."""
    if isinstance(output, torch.Tensor):
        if inside:
            yield output
    elif isinstance(output, Mapping):
        for name, value in output.items():
            yield from find_attentions(value, inside=inside or str(name).endswith("attentions"))
    elif isinstance(output, list | tuple):
        for value in output:
            yield from find_attentions(value, inside=inside)


def _run_forward(model: nn.Module, given: Inputs, **asked: Any) -> Any:
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(SEED)
        return model(**given, **asked)


def is_identical(one: Any, other: Any) -> bool:
    """Whether two outputs hold the same bits in every tensor."""
    mine, yours = list(_find_tensors(one)), list(_find_tensors(other))
    return len(mine) == len(yours) and all(
        a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num())
        for a, b in zip(mine, yours, strict=True)
    )


def _find_tensors(output: Any) -> Iterator[torch.Tensor]:
    if isinstance(output, torch.Tensor):
        yield output
    elif isinstance(output, Mapping):
        for value in output.values():
            yield from _find_tensors(value)
    elif isinstance(output, list | tuple):
        for value in output:
            yield from _find_tensors(value)
