"""Tests of `planner.source`."""
