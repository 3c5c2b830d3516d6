"""The formats of a dataset's files: one file per format.

A module has the functions that `datasets.table.TableFormat` lists; how the names of its files end
is said in `spec.datasets.FORMATS`.
"""
