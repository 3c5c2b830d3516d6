"""Seeded random geometries of torch's attention kernel, captured and recomputed from scratch.

In: a seed and a number of geometries. Out: by number format and mask, how many were read, the
worst distance of the captured maps from a softmax written out in float64, the worst distance of
maps times values from the kernel's own output, and how many outputs the capture changed.
Never: a geometry left out; one that raises is counted with its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
import torch.nn.functional as F
import typer
from torch import nn

from benchmarks.tables import read_environment, write
from benchmarks.whole_maps import WholeMaps
from generator.capture.inputs import ModelInput
from generator.capture.running import run

MASKS = ("none", "bool", "float", "per head", "dead row", "keys only")
FORMATS = {
    "float64": torch.float64,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
SCALES = (None, 0.05, 1.0, 4.0)  # the last is sharp: nearly one-hot rows


@dataclass(frozen=True)
class Geometry:
    """The shape and flags of one call; `lead` are the axes before the heads."""

    number: str
    mask: str
    lead: tuple[int, ...]
    axes: int
    heads: int
    groups: int
    queries: int
    keys: int
    width: int
    causal: bool
    scale: float | None


@dataclass(frozen=True)
class GeometryCheck:
    """What one geometry showed; `fault` is what capture said instead, in its own words."""

    geometry: Geometry
    maps: float
    products: float
    same: bool
    fault: str = ""


class Kernel(nn.Module):
    """One call of the kernel, inside a module that states its heads."""

    def __init__(self, geometry: Geometry) -> None:
        super().__init__()
        self.num_heads = geometry.heads if geometry.axes == 3 else 1
        self.geometry = geometry

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None
    ) -> torch.Tensor:
        """The kernel's output."""
        one = self.geometry
        flags = {"is_causal": one.causal, "enable_gqa": one.groups > 1, "scale": one.scale}
        found: torch.Tensor = F.scaled_dot_product_attention(query, key, value, mask, **flags)
        return found


def draw_geometry(random: Random) -> Geometry:
    """One geometry; the kernel takes no mask beside is_causal, so a mask is never causal."""
    mask, axes = random.choice(MASKS), random.choice((3, 4, 4, 5))
    groups = random.choice((1, 1, 2, 3)) if axes > 3 else 1
    lead = tuple(random.randint(1, 3) for _ in range(max(1, axes - 3)))
    return Geometry(
        number=random.choice(tuple(FORMATS)),
        mask=mask,
        lead=lead,
        axes=axes,
        heads=groups * random.choice((1, 2, 3)),
        groups=groups,
        queries=random.choice((1, 2, 7, 16, 63, 65, 130)),
        keys=random.choice((1, 3, 8, 16, 64, 129)),
        width=random.choice((1, 4, 8, 32)),
        causal=mask == "none" and random.random() < 0.5,
        scale=random.choice(SCALES),
    )


def draw_tensors(one: Geometry, seed: int) -> tuple[list[torch.Tensor], torch.Tensor | None]:
    """Query, key, value (before 3-D folding: lead, heads, length, width) and the mask."""
    made = torch.Generator().manual_seed(seed)
    number = FORMATS[one.number]
    sizes = [(one.heads, one.queries), *[(one.heads // one.groups, one.keys)] * 2]
    three = [
        torch.randn(*one.lead, heads, length, one.width, generator=made).to(number)
        for heads, length in sizes
    ]
    return three, _draw_mask(one, made, number)


def _draw_mask(one: Geometry, made: torch.Generator, number: torch.dtype) -> torch.Tensor | None:
    """None, or a mask that broadcasts to (lead, heads, queries, keys)."""
    if one.mask == "none":
        return None
    if one.mask == "float":
        return torch.randn(one.queries, one.keys, generator=made).to(number)
    if one.mask == "per head":
        size = (*[1] * len(one.lead), one.heads, one.queries, one.keys)
        return torch.randn(size, generator=made).to(number)
    keep = torch.rand(*one.lead, 1, one.queries, one.keys, generator=made) > 0.3
    keep[..., 0] = True
    if one.mask == "dead row":
        keep[..., -1, :] = False
    return keep[..., :1, :] if one.mask == "keys only" else keep


def fold_axes(
    one: Geometry, tensor: torch.Tensor | None, mask: bool = False
) -> torch.Tensor | None:
    """The tensor as the call takes it: with three axes, batch and heads are one."""
    if tensor is None or one.axes > 3 or tensor.dim() == 2:
        return tensor
    size = (*one.lead, one.heads, *tensor.shape[-2:]) if mask else tensor.shape
    return tensor.expand(size).flatten(0, -3)


def compute_map(
    one: Geometry, query: torch.Tensor, key: torch.Tensor, mask: torch.Tensor | None
) -> torch.Tensor:
    """softmax(Q K^T scale + mask) in float64, written out; wholly masked rows are zeros."""
    key = key.double().repeat_interleave(one.groups, -3)
    factor = one.width**-0.5 if one.scale is None else one.scale
    scores = torch.einsum("...qd,...kd->...qk", query.double(), key) * factor
    if one.causal:
        allowed = torch.ones(one.queries, one.keys, dtype=torch.bool).tril()
        scores = torch.where(allowed, scores, -torch.inf)
    if mask is not None and mask.dtype == torch.bool:
        scores = torch.where(mask, scores, -torch.inf)
    elif mask is not None:
        scores = scores + mask.double()
    raised = torch.exp(scores - scores.amax(-1, keepdim=True).clamp(min=-1e300))
    return torch.nan_to_num(raised / raised.sum(-1, keepdim=True))


def distance(one: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference; infinite where either holds what is not a number."""
    return float((one - other).abs().nan_to_num(nan=torch.inf).max())


def check_geometry(one: Geometry, seed: int) -> GeometryCheck:
    """Capture one geometry and compare."""
    (query, key, value), mask = draw_tensors(one, seed)
    given = {
        "query": fold_axes(one, query),
        "key": fold_axes(one, key),
        "value": fold_axes(one, value),
        "mask": fold_axes(one, mask, mask=True),
    }
    model, reader, outputs = Kernel(one), WholeMaps(), []
    plain = model(**given)
    model.register_forward_hook(lambda _module, _given, output: outputs.append(output))
    try:
        run(model, ModelInput(given, "query", integer=False), reader)
    except Exception as error:  # noqa: BLE001 whatever it raises is the finding
        return GeometryCheck(one, torch.nan, torch.nan, False, f"{type(error).__name__}: {error}")
    if len(reader.calls) != 1:
        return GeometryCheck(
            one, torch.nan, torch.nan, False, f"{len(reader.calls)} calls read, not 1"
        )
    wanted = compute_map(one, query, key, mask)
    read = reader.maps[0].double().reshape(wanted.shape)
    product = read @ value.double().repeat_interleave(one.groups, -3)
    return GeometryCheck(
        one,
        distance(read, wanted),
        distance(product, plain.double().reshape(product.shape)),
        torch.equal(outputs[0], plain),
    )


def run_campaign(count: int, seed: int = 0) -> list[GeometryCheck]:
    """`count` geometries drawn from `seed`, each looked at."""
    random = Random(seed)
    return [check_geometry(draw_geometry(random), number) for number in range(count)]


def summarise_by_format(found: Sequence[GeometryCheck]) -> list[dict[str, Any]]:
    """One row per number format and mask."""
    rows = []
    for number, mask in ((n, m) for n in FORMATS for m in MASKS):
        some = [f for f in found if (f.geometry.number, f.geometry.mask) == (number, mask)]
        read = [f for f in some if not f.fault]
        row = {"format": number, "mask": mask, "geometries": len(some), "read": len(read)}
        row["worst, map"] = max((f.maps for f in read), default=None)
        row["worst, maps x values - output"] = max((f.products for f in read), default=None)
        rows.append({**row, "outputs changed": sum(not f.same for f in read)})
    return rows


def count_faults(found: Sequence[GeometryCheck]) -> list[dict[str, Any]]:
    """How often capture said what instead of a map."""
    said = Counter(f.fault for f in found if f.fault)
    return [{"said": words, "geometries": n} for words, n in said.most_common()]


def main(
    count: int = 1000, seed: int = 0, output: Path = Path(__file__).parent / "results"
) -> None:
    """Look at every geometry, and write the tables."""
    torch.set_num_threads(1)
    facts = read_environment()
    facts |= {"geometries": count, "seed": seed, "reference": "softmax written out in float64"}
    found = run_campaign(count, seed)
    tables = {"By format and mask": summarise_by_format(found)}
    if any(f.fault for f in found):
        tables["Not read"] = count_faults(found)
    write(output, "geometry", facts, tables)


if __name__ == "__main__":
    typer.run(main)
