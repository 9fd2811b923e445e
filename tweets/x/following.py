"""Starts to follow users on X."""

from dataclasses import dataclass, field

from tweets.models import OptOut, User
from tweets.sources.fields.identifiers import is_x_handle
from tweets.x.api.client import MAX_LOOK_UP
from tweets.x.profiles import STATUSES, SameUserError, apply_look_up
from tweets.x.timeline import Refresh


@dataclass
class AddReport:
    """What became of each handle."""

    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def add_users(refresh: Refresh, handles: list[str]) -> AddReport:
    """Looks handles up on X and stores those found, without their posts.

    Raises XError where X gives no usable answer.
    """
    report = AddReport()
    names = dict.fromkeys(handle.strip().lstrip("@") for handle in handles)
    wanted = [name for name in names if _is_wanted(name, report)]
    for start in range(0, len(wanted), MAX_LOOK_UP):
        _add(refresh, wanted[start : start + MAX_LOOK_UP], report)
    return report


def _is_wanted(name: str, report: AddReport) -> bool:
    if not is_x_handle(name):
        report.refused[name] = "not a handle: up to 15 letters, digits and underscores"
    elif OptOut.objects.covers(name):
        report.refused[name] = "opted out"
    elif user := User.objects.by_handle(name).first():
        if user.source == User.Source.X:
            report.known.append(user.handle)
            return False
        return True
    return name not in report.refused


def _add(refresh: Refresh, names: list[str], report: AddReport) -> None:
    found = refresh.ask(lambda: refresh.client.look_up_users(names))
    for name in names:
        if name in found.missing:
            status = STATUSES[found.missing[name]]
            report.refused[name] = f"{status.label} on X"
    for record in found.found:
        if OptOut.objects.covers(record.handle, record.x_id):
            report.refused[record.handle] = "opted out"
            continue
        user = (
            User.objects.filter(x_id=record.x_id).first()
            or User.objects.by_handle(record.handle).first()
            or User(handle=record.handle)
        )
        user.source = User.Source.X
        user.save()
        try:
            apply_look_up(user, found)
        except SameUserError as error:
            report.refused[record.handle] = str(error)
        else:
            report.added.append(user.handle)
