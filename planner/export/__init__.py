"""A plan or a review in the files of other tools: one module per target."""
