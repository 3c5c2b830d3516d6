"""Tests of what tokens stand for."""
