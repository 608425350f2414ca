"""What may be chosen: models, methods, stacks and axis values as recipes; machines and prices as a market."""
