"""When and where to buy the machine hours of a planned job: what a price history says about waiting and moving."""
