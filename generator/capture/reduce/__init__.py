"""Reductions: each takes a call's blocks as they come and keeps one thing of them.

In: blocks of probabilities, and which queries are real. Out: a record per call. Never: a map that
was not asked for, a padded query that counts.
"""
