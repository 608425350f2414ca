"""What a business case says of itself, checked before its plans and tables are read."""
