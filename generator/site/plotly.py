"""Puts the drawing library of the installed plotly package into the site.

Never: a copy of it in this repository, or an address of it elsewhere.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from generator.errors import MissingProgram


def place_plotly(site: Path) -> None:
    """Copies `plotly.min.js` to `site/assets/`; MissingProgram when plotly is not installed."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise MissingProgram("plotly is not installed: run pip install plotly")
    script = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    shutil.copyfile(script, site / "assets" / "plotly.min.js")
