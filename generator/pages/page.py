"""One page of the site before it is built: where it lies, its title, and what fills its template.

Never: a title or path from anything but fixed words and checked ids.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from generator.errors import UsageError
from generator.render import render
from generator.spec.ids import MAX_ID, check_id


@dataclass(frozen=True)
class Page:
    """A page: `docs/<path>` is its Markdown, `context` the frozen record its template speaks of."""

    path: str
    title: str
    template: str
    context: object
    long: bool = False
    """True where the page is long enough for a list of its headings beside it."""

    @property
    def root(self) -> str:
        """The way from this page to the top of the site: '' or '../../'."""
        return "../" * self.path.count("/")

    def text(self) -> str:
        """The page's Markdown with its front matter; every value in it is escaped."""
        front = {"title": self.title, "hide": ["navigation"] + ["toc"] * (not self.long)}
        lines = (f"{key}: {json.dumps(value)}" for key, value in front.items())
        body = render(self.template, {"view": self.context, "root": self.root, "page": self})
        return "\n".join(("---", *lines, "---", "", body))


def check_folder_id(name: str, kind: str) -> str:
    """The id unchanged.

    Raises:
        UsageError: it could leave its folder or overwrite another page.
    """
    try:
        return check_id(name)
    except ValueError as error:
        raise UsageError(f"{kind} id {name[:MAX_ID]!r} cannot be a folder: it {error}") from error
