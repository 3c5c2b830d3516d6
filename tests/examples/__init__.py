"""Tests of the example plant and its models."""
