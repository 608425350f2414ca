"""Kinds of scenario: what each expands and which estimates it asks for."""
