"""The kind `BusinessCase`: lines of cost and income become cash flows, returns, bands and a decision."""
