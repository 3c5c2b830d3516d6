"""What a report's statement of its tokens says of itself and of its dataset's window.

In: located values. Out: mistakes. Never: a file touched, a model asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import find_repeats, to_list, to_mapping
from generator.spec.tokens import PATCH_KEYS

_NEEDED = "is missing; a patch is so many rows, for example length: 8"


def find_token_mistakes(tree: Located) -> Iterator[Mistake]:
    """Every mistake in the tokens of every report that needs more than one key to see."""
    root = to_mapping(tree.values)
    datasets = to_mapping(root.get("datasets"))
    for index, report in enumerate(to_list(root.get("reports"))):
        stated = to_mapping(to_mapping(report).get("tokens"))
        dataset = to_mapping(report).get("dataset")
        known = datasets.get(dataset) if isinstance(dataset, str) else None
        window = to_mapping(to_mapping(known).get("window")).get("length")
        yield from _check_tokens(tree, ("reports", index, "tokens"), stated, window)


def _check_tokens(
    tree: Located, at: KeyPath, stated: dict[str, object], window: object
) -> Iterator[Mistake]:
    yield from find_repeats(tree, (*at, "special"), to_list(stated.get("special")), int)
    if stated.get("kind") == "patches":
        yield from _check_patches(tree, at, stated, window)
    elif stated.get("kind") in ("sensors", "timesteps"):
        for key in PATCH_KEYS:
            if stated.get(key) is not None:
                says = f"is for patches; a token of {stated['kind']} needs no {key}"
                yield tree.at_key((*at, key), says)


def _check_patches(
    tree: Located, at: KeyPath, stated: dict[str, object], window: object
) -> Iterator[Mistake]:
    if stated.get("length") is None:
        yield tree.at_parent((*at, "length"), _NEEDED)
        return
    length, stride = stated["length"], stated.get("stride", stated["length"])
    numbers = [length, stride, window]
    if not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in numbers):
        return  # said by the schema
    rows, step, long = (int(str(n)) for n in (window, stride, length))
    start = stated.get("start")
    if long > rows:
        says = f"is longer than the dataset's window of {rows} rows (found {long})"
        yield tree.at_value((*at, "length"), says)
    elif isinstance(start, int) and not -long < start < rows:
        says = f"the first patch must hold a row of the window's {rows} (found {start})"
        yield tree.at_value((*at, "start"), says)
    elif start is None and (over := (rows - long) % step):
        says = (
            f"leaves {over} of the window's {rows} rows over; add start: 0 where the model drops "
            f"the last, start: {over} where it drops the first, {over - step} where it pads before"
        )
        yield tree.at_value((*at, "length"), says)
