"""What a report of a business case prints."""
