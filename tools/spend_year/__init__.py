"""A made-up year of four teams' spend, with known truth: what `scenarios/spend` reviews, and tests look for."""
