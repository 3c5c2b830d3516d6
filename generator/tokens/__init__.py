"""What the tokens of a model stand for: which rows of which sensors, and which hold none.

In: a model, its configuration, or what a manifest states. Out: a TokenCoverage, the names its
tokens can carry, and scores of tokens spread over the cells they hold. Never: a sensor's name for
a token that is not that sensor; a guess, where neither the model nor the manifest says.
"""
