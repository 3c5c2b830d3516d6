"""Seeded plants whose truth is known: which sensors a model can use, and what is said of them."""
