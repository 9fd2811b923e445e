"""Who would have tweeted this? The models, free of Django and of the database."""
