"""What stands behind an answer: counts, real tweets, and what would change it."""
