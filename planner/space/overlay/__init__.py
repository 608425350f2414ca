"""Catalog overlays: providers, cards, models and private prices that a scenario brings along, laid on the catalog."""
