"""What the ground floor shows in the admin."""

from common.jobs.admin import TaskAdmin

__all__ = ["TaskAdmin"]
