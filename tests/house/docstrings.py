"""What docstrings of public functions say: shapes of arrays, errors that are raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.functions import Function, functions
from tests.house.tree import sources

_ARRAY = re.compile(r"\b(?:ndarray|\w*Tensor)\b")
_DIM = r"(?:\.\.\.|…|[\w|][\w+/|* -]*)"
_SHAPE = re.compile(rf"\({_DIM},\)|\({_DIM}(?:, {_DIM})+\)|\b(?:shapes?|scalars?)\b", re.IGNORECASE)
_ERRORS = re.compile(r"^Raises:|\b[A-Z]\w*(?:Error|Exception|Missing\w+)\b", re.MULTILINE)
_NO_ERRORS = ("typer.Exit", "KeyboardInterrupt", "NotImplementedError")


def array_functions(root: Path) -> list[Function]:
    """Public functions with an array among their parameters or as their result."""
    public = (each for each in functions(root) if each.public)
    return [each for each in public if _takes_arrays(each, root)]


def _takes_arrays(function: Function, root: Path) -> bool:
    names = " ".join(ast.unparse(each) for each in _annotations(function.node.args))
    if function.node.returns is not None:
        names += " " + ast.unparse(function.node.returns)
    aliases = _aliases(root).get(function.path, frozenset())
    return bool(_ARRAY.search(names) or aliases.intersection(re.findall(r"\w+", names)))


def _annotations(args: ast.arguments) -> Iterator[ast.expr]:
    every = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
    yield from (each.annotation for each in every if each and each.annotation)


@cache
def _aliases(root: Path) -> dict[Path, frozenset[str]]:
    """The file's own short names of array types, such as `T = torch.Tensor`."""
    return {source.path: frozenset(_short_names(source.syntax)) for source in sources(root)}


def _short_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_type(node.value):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))


def _is_type(value: ast.expr) -> bool:
    """A name that stands for an array, as it is or within a container."""
    plain = isinstance(value, ast.Attribute | ast.Subscript)
    return plain and bool(_ARRAY.search(ast.unparse(value)))


def names_shape(function: Function) -> bool:
    """`(windows, sensors)`, `(rows,)`, or the words shape or scalar."""
    return bool(_SHAPE.search(function.docstring))


def raising_functions(root: Path) -> list[Function]:
    """Public functions that hold a `raise` of an error; the end of a command is none."""
    public = (each for each in functions(root) if each.public)
    return [each for each in public if any(map(_raises, ast.walk(each.node)))]


def _raises(node: ast.AST) -> bool:
    error = node.exc if isinstance(node, ast.Raise) else None
    return error is not None and not ast.unparse(error).startswith(_NO_ERRORS)


def names_error(function: Function) -> bool:
    """A section `Raises:`, or the error by its name."""
    return bool(_ERRORS.search(function.docstring))
