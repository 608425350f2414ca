"""Choosing: dominance, exact search, limits, decisions. Arrays in, indices out; no file, no clock."""
