"""The map of people who write alike."""
