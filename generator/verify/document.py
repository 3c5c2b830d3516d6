"""An HTML or SVG file, read into what the checks need: references, scripts, anchors, policy.

In: a file. Out: a Document. The parser is the standard library's. Never: a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

SCRIPT_TYPES = frozenset(
    {"", "module", "text/javascript", "application/javascript", "text/ecmascript"}
)
_LOADED = {
    "script": ("src", "href", "xlink:href"),
    "img": ("src",),
    "source": ("src",),
    "track": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "embed": ("src",),
    "input": ("src",),
    "iframe": ("src",),
    "frame": ("src",),
    "object": ("data", "codebase"),
    "applet": ("code", "codebase", "archive"),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
    "feimage": ("href", "xlink:href"),
    "base": ("href",),
    "body": ("background",),
    "table": ("background",),
    "td": ("background",),
    "th": ("background",),
    "html": ("manifest",),
    "form": ("action",),
    "button": ("formaction",),
}
_ADDRESSES = frozenset({name for names in _LOADED.values() for name in names} | {"href"})
_PLAIN_RELATIONS = frozenset(
    {"alternate", "author", "canonical", "help", "license", "me", "next", "prev", "search"}
)


@dataclass
class Document:
    """What one file loads, runs, links to and offers as anchors."""

    resources: list[tuple[str, str]] = field(default_factory=list)
    """(where it stands, address) of everything a browser would fetch."""
    styles: list[tuple[str, str]] = field(default_factory=list)
    """(where it stands, CSS text)."""
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    scripts: list[str] = field(default_factory=list)
    """The text of every inline script a browser would run."""
    handlers: list[str] = field(default_factory=list)
    """Scripts in attributes, javascript: addresses and frames with their own document."""
    policies: list[str] = field(default_factory=list)
    policy_late: bool = False
    """True where something was loaded or run before the first policy."""


class _Reader(HTMLParser):
    """Fills a Document while the file is read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self._text: list[str] | None = None
        self._text_is = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._read_anchors(values)
        self._read_resources(tag, values)
        self._read_attributes(tag, values)
        if tag == "meta":
            self._read_meta(values)
        elif tag == "a":
            self.document.links += [values[n] for n in ("href", "xlink:href") if n in values]
        elif tag in {"script", "style"}:
            self._open(tag, values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._text is not None and tag == self._text_is:
            text = "".join(self._text)
            if tag == "style":
                self.document.styles.append(("style", text))
            else:
                self.document.scripts.append(text)
            self._text = None

    def handle_pi(self, data: str) -> None:
        if data.startswith("xml-stylesheet"):
            self.document.resources.append(("xml-stylesheet", data.partition("href=")[2][1:]))

    def handle_decl(self, decl: str) -> None:
        if "[" in decl:
            self.document.handlers.append("document type with entities of its own")

    def _open(self, tag: str, values: dict[str, str]) -> None:
        executable = values.get("type", "").strip().lower() in SCRIPT_TYPES
        outside = any(name in values for name in _LOADED["script"])
        if tag == "style" or (executable and not outside):
            self._text, self._text_is = [], tag
        if tag == "style" or executable:
            self._note_load()

    def _read_anchors(self, values: dict[str, str]) -> None:
        self.document.anchors |= {values[name] for name in ("id", "name") if values.get(name)}

    def _read_resources(self, tag: str, values: dict[str, str]) -> None:
        loaded = [
            (f"{tag} {name}", values[name]) for name in _LOADED.get(tag, ()) if name in values
        ]
        if tag == "link" and not set(values.get("rel", "").lower().split()) <= _PLAIN_RELATIONS:
            loaded.append(("link", values.get("href", "")))
            loaded += _split_srcset("link imagesrcset", values.get("imagesrcset", ""))
        loaded += _split_srcset(f"{tag} srcset", values.get("srcset", ""))
        loaded += [(f"{tag} ping", values["ping"])] if "ping" in values else []
        self.document.resources += loaded
        if loaded:
            self._note_load()

    def _read_attributes(self, tag: str, values: dict[str, str]) -> None:
        if "style" in values:
            self.document.styles.append((f"{tag} style", values["style"]))
        for name, value in values.items():
            address = "".join(value.split()).lower() if name in _ADDRESSES else ""
            if name.startswith("on") or name == "srcdoc" or address.startswith("javascript:"):
                self.document.handlers.append(f"{tag} {name}")

    def _read_meta(self, values: dict[str, str]) -> None:
        meaning = values.get("http-equiv", "").lower()
        content = values.get("content", "")
        if meaning == "content-security-policy":
            self.document.policies.append(content)
        elif meaning == "refresh" and "=" in content:
            address = content.partition("=")[2].strip("'\" ")
            self.document.resources.append(("meta refresh", address))

    def _note_load(self) -> None:
        if not self.document.policies:
            self.document.policy_late = True


def _split_srcset(where: str, srcset: str) -> list[tuple[str, str]]:
    return [(where, part.split()[0]) for part in srcset.split(",") if part.strip()]


def read_document(path: Path) -> Document:
    """The file's Document; bytes that are not UTF-8 are read as replacement characters."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8", errors="replace"))
    reader.close()
    return reader.document
