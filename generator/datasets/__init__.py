"""Sensor tables in, windows of sensors out; groups, gaps and clocks are respected."""
