"""Heads and layers replaced by their mean over reference samples."""
