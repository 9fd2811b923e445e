"""What X charges for a read, in dollars (pay per use, 2026)."""

POST = 0.005
USER = 0.010
