"""What a run's tokens are: by the model's word, completed by what the manifest states.

In: the kind and coverage a model gives, a statement, how many keys the map has. Out: a Meaning.
Never: a model's word overruled; a name where the tokens do not fit the map.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.errors import InputError
from generator.kinds import SpecialToken, TokenKind
from generator.records.tokens import TokenCoverage
from generator.spec.tokens import TokensSpec
from generator.tokens import cut
from generator.tokens.families import make_usual_coverage
from generator.words import token_sentence


@dataclass(frozen=True)
class TokenMeaning:
    """What the tokens of a map stand for; `coverage` is None where positions are mere positions."""

    kind: TokenKind
    coverage: TokenCoverage | None = None

    @property
    def words(self) -> str:
        """What a reader is told, in a sentence or two."""
        note = self.coverage.note if self.coverage else ""
        return f"{token_sentence(self.kind)} {note}".rstrip()


def choose_meaning(
    known: TokenMeaning,
    stated: TokenKind | TokensSpec | None,
    window: int,
    sensors: tuple[str, ...],
    keys: int,
) -> TokenMeaning:
    """What a model says of its tokens, or the manifest where the model says nothing.

    Raises:
        InputError: the statement is not what the model says, or does not fit the window or the
            map; the sentence begins after the report's name.
    """
    kind, own = _choose_kind(known.kind, stated), known.coverage
    if isinstance(stated, TokensSpec):
        return TokenMeaning(
            kind, _choose_coverage(own, cut_as_stated(stated, window, sensors, keys))
        )
    found = own or make_usual_coverage(kind, window, sensors)
    if found is not None and len(found.tokens) != keys:
        raise InputError(_describe_mismatch(found, keys))
    return TokenMeaning(kind, found)


def cut_as_stated(
    stated: TokensSpec, window: int, sensors: tuple[str, ...], keys: int
) -> TokenCoverage:
    """The coverage a manifest states for a map of so many keys.

    Raises:
        InputError: tokens and special ones together are not as many as the keys.
    """
    places = dict.fromkeys(stated.special, SpecialToken.STATED)
    wanted = keys - len(places)
    plain = make_usual_coverage(stated.token_kind, window, sensors) or _cut_patches(
        stated, window, sensors, wanted
    )
    if len(plain.tokens) != wanted:
        raise InputError(
            f"states {len(plain.tokens)} {stated.kind} and {len(places)} special tokens, but the "
            f"attention is over {keys} positions"
        )
    try:
        return cut.with_special(plain, places)
    except ValueError as error:
        raise InputError(f"states tokens that do not fit: {error}") from error


def _choose_kind(known: TokenKind, stated: TokenKind | TokensSpec | None) -> TokenKind:
    if stated is None:
        return known
    kind = stated.token_kind if isinstance(stated, TokensSpec) else stated
    if known not in (kind, TokenKind.POSITIONS):
        raise InputError(f"states tokens: {kind.value}, but the model's are {known.value}")
    return kind


def _cut_patches(
    stated: TokensSpec, window: int, sensors: tuple[str, ...], wanted: int
) -> TokenCoverage:
    """The stated patches; more than fill the window where the model pads after it.

    Each of those must still hold a row.
    """
    length = stated.length or window
    stride, start = stated.stride or length, stated.start or 0
    full = cut.make_patch_tokens(window, sensors, length, stride, start)
    most = -(-(window - start) // stride)
    padded = len(full.tokens) < wanted <= most
    return cut.make_patch_tokens(window, sensors, length, stride, start, wanted) if padded else full


def _choose_coverage(own: TokenCoverage | None, stated: TokenCoverage) -> TokenCoverage:
    """The model's own cut where it is of as many tokens, for it names them; else the stated one."""
    if own is None:
        return stated
    if len(own.tokens) != len(stated.tokens):
        return stated.model_copy(update={"note": own.note})
    if [token.rows for token in own.tokens] != [token.rows for token in stated.tokens]:
        raise InputError(
            f"states how the window is cut into {stated.kind.value}, but the model's own cut "
            f"differs; leave tokens away"
        )
    return own


def _describe_mismatch(found: TokenCoverage, keys: int) -> str:
    count = len(found.tokens)
    said = f"the model's tokens are {count} {found.kind.value}, but its attention is over {keys}"
    if keys > count and not found.special:
        say = f"tokens: {{kind: {found.kind.value}, special: [0]}}"
        return f"{said} positions: state which of them are special, such as {say}"
    return f"{said} positions; the model must say what they are (its attribute `tokens`)"
