"""Faults on purpose: what was changed, damaged or taken away, and what the program did."""
