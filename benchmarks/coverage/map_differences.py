"""How far the eager model's own maps are from the captured ones, and in what they differ.

In: captured maps whose proof holds, and what the family returns. Out: a number, and a cause that
was computed from the maps. Never: a cause that was not checked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch

EXACT = 1e-5
Maps = list[torch.Tensor]


def compare_maps(ours: Maps, theirs: Maps) -> tuple[float | None, Maps]:
    """(largest difference over their maps, maps of theirs whose shape no unused map has).

    Each of theirs takes the nearest of ours of its shape; none of ours serves twice, unless
    theirs are the same twice. Rows that see no key at all are zero here and even there: they say
    nothing and are left out.
    """
    free, worst, unlike, used = list(ours), None, Maps(), Maps()
    for one in theirs:
        like = [(difference(own, one), i) for i, own in enumerate(free) if own.shape == one.shape]
        again = [own for own in used if own.shape == one.shape and difference(own, one) <= EXACT]
        if not like and again:
            continue
        if not like:
            unlike.append(one)
            continue
        apart, at = min(like)
        used.append(free.pop(at))
        worst = apart if worst is None else max(worst, apart)
    return worst, unlike


def difference(own: torch.Tensor, one: torch.Tensor) -> float:
    """The largest |own - one| over the rows that see a key; infinite where not a number."""
    apart = (own - one).abs().amax(-1)
    apart = apart[own.sum(-1) != 0]
    worst = float(apart.max()) if apart.numel() else 0.0
    return math.inf if math.isnan(worst) else worst


def explain_differences(ours: Maps, theirs: Maps) -> str:
    """The first cause that explains each of their maps that is not one of ours."""
    odd = [one for one in theirs if not any(_is_near(own, one) for own in ours)]
    causes = dict.fromkeys(_find_cause(ours, one) for one in odd)
    return f"{len(odd)} of their {len(theirs)} maps: {'; '.join(causes)}"


def _find_cause(ours: Maps, one: torch.Tensor) -> str:
    if not bool(torch.isfinite(one).all()):
        return "not finite, ours is"
    for cause, explains in CAUSES.items():
        if any(explains(own, one) for own in ours):
            return cause
    sums = (one.sum(-1) - 1).abs().max()
    if float(sums) > 1e-3:
        return "its rows are not probabilities, ours reproduces the kernel's output"
    return "another computation than the one that ran, whose output ours reproduces"


def _is_near(own: torch.Tensor, one: torch.Tensor) -> bool:
    return own.shape == one.shape and difference(own, one) <= EXACT


def _is_scores(own: torch.Tensor, one: torch.Tensor) -> bool:
    return _is_near(own, one.softmax(-1))


def _is_head_mean(own: torch.Tensor, one: torch.Tensor) -> bool:
    return own.shape[-2:] == one.shape[-2:] and _is_near(own.mean(1, keepdim=True), one[:, :1])


def _is_part(own: torch.Tensor, one: torch.Tensor) -> bool:
    """A corner of ours, as it is or brought to rows that sum to 1."""
    if own.shape[:-2] != one.shape[:-2] or own.shape == one.shape:
        return False
    return any(_is_near(part, one) for part in _cut_corners(own, *one.shape[-2:]))


def _cut_corners(own: torch.Tensor, queries: int, keys: int) -> Iterator[torch.Tensor]:
    for rows in (slice(queries), slice(own.shape[-2] - queries, None)):
        for columns in (slice(keys), slice(own.shape[-1] - keys, None)):
            part = own[..., rows, columns]
            if part.shape[-2:] == (queries, keys):
                yield part
                yield part / part.sum(-1, keepdim=True).clamp(min=1e-30)


def _is_reordered(own: torch.Tensor, one: torch.Tensor) -> bool:
    """The same numbers, however they are ordered; masked zeros may be more or fewer."""
    mine, yours = (t.flatten()[t.flatten() > 0].sort().values for t in (own, one))
    return mine.shape == yours.shape and bool((mine - yours).abs().max() <= EXACT)


def _is_rounding(own: torch.Tensor, one: torch.Tensor) -> bool:
    return own.shape == one.shape and difference(own, one) <= 10 * EXACT


CAUSES: dict[str, Callable[[torch.Tensor, torch.Tensor], bool]] = {
    "scores before their softmax, whose softmax is ours": _is_scores,
    "the mean of our heads": _is_head_mean,
    "a part of ours": _is_part,
    "our numbers in another layout": _is_reordered,
    "rounding of two kernels, below 1e-4": _is_rounding,
}
