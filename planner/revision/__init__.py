"""Files as they are in a folder or at a git revision, read without a checkout."""
