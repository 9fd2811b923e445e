"""One person alone: what they would have written, and what is like them."""
