"""Many texts at once: reading them from a file, and answering them in time."""
