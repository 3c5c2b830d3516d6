"""What is measured of attention: one file per measure, one line in `catalogue`.

A measure takes Evidence and gives its numbers or why there are none. Beside it lies the pure
function it rests on, from attention weights to numbers: weights are (layers, heads, queries, keys)
and the boolean mask (queries, keys) of `visible`; it computes in float64 and changes nothing it was
given. Weights are 0 where the mask is False. What is padding, or nobody may see, is NaN in the
measures that say so, never 0.
"""
