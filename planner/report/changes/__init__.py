"""What a pull request does: the comment, the check page, the words of a difference."""
