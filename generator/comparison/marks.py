"""From where on a head counts as showing a pattern, or as matched: what pages state beside them.

Never: a measure, and none of the libraries that measure.
"""

from __future__ import annotations

EVEN_BELOW = 0.02  # focus of the mean map of a head that spreads over nearly all it may see
OWN_FROM = 0.5  # mean share given to the position itself
ONE_FROM = 0.5  # mean share received by a single key
NEAR_FROM = 2.0  # times an even spread, given to keys at most REACH steps away
REACH = 2
MATCHED = 0.5
"""The smallest cosine at which a head counts as matched."""
