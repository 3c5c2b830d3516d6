"""The formats of a dataset's files: one file per format.

A module has `scan` (path) -> a lazy frame with the file's columns, and `read_names` (path) -> its
columns from the header alone; how the names of its files end is said in `spec.datasets.FORMATS`.
"""
