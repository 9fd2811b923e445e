"""The game "Guess who"."""
