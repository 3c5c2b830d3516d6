"""What can be read of a model, found out in seconds on random input.

In: a model folder. Out: a Diagnosis: every map with its proof, every gap with its reason. Never: a
verdict on what the model learned; only on whether its attention can be read.
"""
