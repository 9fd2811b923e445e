"""Rounds of "Guess who" and what the model makes of them."""
