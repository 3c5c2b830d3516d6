"""Agents that run models on a plant's sensors: one file per agent."""
