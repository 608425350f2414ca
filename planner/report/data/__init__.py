"""What a template prints: frozen types and what fills them from a plan alone."""
