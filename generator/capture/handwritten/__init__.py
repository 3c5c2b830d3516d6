"""Attention written out by hand in a model: found by following its softmax to its values."""
