"""The closed lists: what can be drawn, exported, and stood for by a token."""

from __future__ import annotations

from enum import Enum
from typing import Literal


class VisualizationType(str, Enum):
    """How an attention map can be drawn."""

    # one line each; the rest is in `figures/<value>.py`
    HEATMAP = "heatmap"
    FLOW = "flow"
    NETWORK = "network"
    DISTRIBUTION = "distribution"
    TIMESERIES = "timeseries"


class ExportFormat(str, Enum):
    """The files a summary can be written to."""

    # one line each; the rest is in `exports/<value>.py`. The docstring stands in the user's schema.
    HTML = "html"
    PNG = "png"
    SVG = "svg"
    JSON = "json"
    CSV = "csv"


class TokenKind(str, Enum):
    """What one token of a model stands for.

    Only SENSORS tokens may carry sensor names. POSITIONS means: neither known nor stated.
    """

    SENSORS = "sensors"
    TIMESTEPS = "timesteps"
    PATCHES = "patches"
    TEXT = "text"
    POSITIONS = "positions"


MeasuredOf = Literal["position", "series", "head", "layer"]
"""What one number of a measure belongs to."""


class SensorKind(str, Enum):
    """Where a sensor's value comes from."""

    MEASURED = "measured"
    CALCULATED = "calculated"
    SETPOINT = "setpoint"


class Verdict(str, Enum):
    """What a test says of a claim.

    NOT_SUPPORTED means that an effect below the floor was shown; too little to tell is
    NOT_ASSESSED, and what the model cannot carry is NOT_IDENTIFIABLE.
    """

    SUPPORTED = "supported"
    WEAK = "weak"
    NOT_SUPPORTED = "not supported"
    NOT_IDENTIFIABLE = "not identifiable"
    NOT_ASSESSED = "not assessed"

    @property
    def words(self) -> str:
        """As pages say it."""
        return {
            "supported": "Tested and held",
            "weak": "Partly held",
            "not supported": "Tested, did not hold",
            "not identifiable": "Cannot be told from this model",
        }.get(self.value, "Not assessed")


Granularity = Literal["group", "sensor", "time", "cell", "head", "layer"]
"""What a claim is about: sensors that cannot be told apart, one of them, a span of the window, a
group in a span, an attention head, an attention layer."""


Task = Literal["event", "value", "class"]
"""What a model predicts: whether something happens, a number, or which of several classes."""


class SpecialToken(str, Enum):
    """What a token is for that holds no reading of the window."""

    CLASS = "class"
    REGISTER = "register"
    PADDING = "padding"
    END = "end"
    START = "forecast start"
    FORECAST = "forecast step"
    STATED = "special"

    @property
    def label(self) -> str:
        """What such a token is called, in brackets so that no sensor is meant: '[CLS]', ..."""
        short = {"class": "CLS", "register": "REG", "padding": "PAD", "end": "EOS"}
        return f"[{short.get(self.value, self.value)}]"
