"""The kind `Serving`: what it expands, which estimates it asks for, and how the answer becomes a plan."""
