"""What a Serving scenario may choose from: models, engines, machines, APIs and levers."""
