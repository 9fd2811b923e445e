"""What breaks in the world outside, really broken, and what the site makes of it."""
