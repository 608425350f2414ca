"""Measured runs as rows: read from files, put into the formulas' columns, answered with predictions."""
