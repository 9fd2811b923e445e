"""Django discovers admin classes in a module of this name."""

from common.audit.admin import AuditAdmin
from common.jobs.admin import TaskAdmin

__all__ = ["AuditAdmin", "TaskAdmin"]
