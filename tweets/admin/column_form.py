"""The form in which staff say what an upload's columns hold, and who wrote it."""

from typing import Any

from django import forms

from tweets.models import OptOut, Upload
from tweets.sources.fields.identifiers import parse_handle
from tweets.sources.tables.mapping import ROLES, column_names


class ColumnForm(forms.Form):
    """One choice a column; `first_row_names` says whether the first row is a header."""

    first_row_names = forms.BooleanField(
        required=False, label="The first row names the columns."
    )
    handle = forms.CharField(
        required=False,
        max_length=50,
        label="Author",
        help_text="The handle of whoever wrote all of it, if no column says so.",
    )

    def __init__(self, upload: Upload, data: Any = None) -> None:
        self.upload = upload
        self.rows: list[list[str]] = upload.report.get("rows", [])
        super().__init__(data, initial=self._known())
        choices = [("", "–"), *ROLES.items()]
        for number in range(1, self._width() + 1):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                required=False, choices=choices, label=f"Column {number}"
            )

    def columns(self) -> list[Any]:
        """Return the choices, in the order of the columns."""
        return [self[name] for name in self.fields if name.startswith("column_")]

    def _width(self) -> int:
        return max(map(len, self.rows), default=0)

    def _known(self) -> dict[str, Any]:
        """Return what was said before."""
        named = dict.fromkeys(self.upload.columns.values())
        by_name = any(not column.isdecimal() for column in named)
        header = self.rows[0] if by_name and self.rows else []
        places = {name: at for at, name in enumerate(column_names(header), 1)}
        chosen = {
            f"column_{places.get(column, column)}": role
            for role, column in self.upload.columns.items()
        }
        return chosen | {
            "first_row_names": by_name or not named,
            "handle": self.upload.handle,
        }

    def clean_handle(self) -> str:
        try:
            handle = parse_handle(self.cleaned_data["handle"]) or ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if handle and OptOut.objects.covers(handle):
            raise forms.ValidationError(f"@{handle} has opted out.")
        return handle

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = [cleaned.get(column.name) or "" for column in self.columns()]
        roles = [role for role in chosen if role]
        if len(set(roles)) < len(roles):
            raise forms.ValidationError("Two columns cannot hold the same.")
        if self.rows and roles and "text" not in roles:
            raise forms.ValidationError("Say which column holds the text.")
        return cleaned

    def save(self) -> None:
        """Store what was said, and have the upload checked again by the caller."""
        cleaned = self.cleaned_data
        header = self.rows[0] if self.rows and cleaned["first_row_names"] else []
        self.upload.columns = {
            cleaned[column.name]: _name(header, number)
            for number, column in enumerate(self.columns(), start=1)
            if cleaned[column.name]
        }
        self.upload.handle = cleaned["handle"]
        self.upload.state = Upload.State.CHECKING
        self.upload.save(update_fields=["columns", "handle", "state"])


def _name(header: list[str], number: int) -> str:
    return column_names(header)[number - 1] if header else str(number)
