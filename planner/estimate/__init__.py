"""Formulas: small functions on arrays, with the unit in the name and the source in the docstring (DOMAIN.md)."""
