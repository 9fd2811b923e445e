"""One portable file of all that cannot be built again, for any database."""
