"""Plans and forecasts in the shape of a bill: rows of FOCUS 1.2, so that variance is a join."""
