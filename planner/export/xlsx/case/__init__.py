"""A business case as sheets: inputs, lines and months are numbers, all else are formulas on them."""
