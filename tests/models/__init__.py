"""Tests of the model sources."""
