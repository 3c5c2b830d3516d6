"""One file per measure: a pure function from attention weights to numbers.

Every measure takes weights as (layers, heads, queries, keys) and the boolean mask
(queries, keys) of `visible`, computes in float64 and changes nothing it was given. Weights are 0
where the mask is False. What is padding, or nobody may see, is NaN in the measures that say so,
never 0.
"""
