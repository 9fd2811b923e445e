"""Django discovers admin classes in a module of this name."""

from common.jobs.admin import TaskAdmin

__all__ = ["TaskAdmin"]
