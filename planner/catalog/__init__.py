"""What the planner knows about models, cards, offers, stacks and scores: data files and their loader."""
