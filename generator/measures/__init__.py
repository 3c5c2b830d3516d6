"""One file per measure: a pure function from attention weights to numbers.

Every measure takes weights as (layers, heads, queries, keys) and the boolean mask
(queries, keys) of `visible`, computes in float64 and changes nothing it was given.
"""
