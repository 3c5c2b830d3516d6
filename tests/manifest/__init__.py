"""Promises of the manifest."""
