"""Forms for the pages, the admin and the API: handles to follow, files to import."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from tweets import tasks
from tweets.models import OptOut, Upload
from tweets.sources.fields.identifiers import is_x_handle, parse_handle
from tweets.sources.io.limits import MIB

MAX_HANDLES = 100


class AddUsersForm(forms.Form):
    handles = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"Up to {MAX_HANDLES} handles, with or without @, separated by "
        "spaces, commas or new lines.",
    )

    def clean_handles(self) -> list[str]:
        words = self.cleaned_data["handles"].replace(",", " ").split()
        handles = list(dict.fromkeys(word.lstrip("@") for word in words))
        if bad := [handle for handle in handles if not is_x_handle(handle)]:
            raise forms.ValidationError(
                f"Not handles: {', '.join(bad[:5])}. A handle has up to 15 letters, "
                "digits and underscores."
            )
        if len(handles) > MAX_HANDLES:
            raise forms.ValidationError(f"At most {MAX_HANDLES} handles at once.")
        refused, _ = OptOut.objects.among(handles, [])
        if refused:
            raise forms.ValidationError(f"Opted out: {', '.join(sorted(refused))}")
        return handles


class UploadForm(forms.ModelForm):
    file = forms.FileField(
        required=False,
        help_text="An X archive (zip or tweets.js), JSON lines, JSON or CSV; gzipped "
        f"or not; up to {tasks.UPLOAD_LIMITS.file // MIB} MB.",
    )
    lines = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Or paste tweets here, one per line.",
    )

    class Meta:
        model = Upload
        fields = ("handle", "include_replies")
        help_texts = {"handle": "The author, if the file does not say."}

    def clean_handle(self) -> str:
        try:
            handle = parse_handle(self.cleaned_data["handle"]) or ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if handle and OptOut.objects.covers(handle):
            raise forms.ValidationError(f"@{handle} has opted out.")
        return handle

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > tasks.UPLOAD_LIMITS.file:
            limit = tasks.UPLOAD_LIMITS.file // MIB
            raise forms.ValidationError(
                f"The file is larger than {limit} MB: use the command import_tweets."
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("file")) == bool(cleaned.get("lines", "").strip()):
            raise forms.ValidationError("Choose a file, or paste some lines.")
        if cleaned.get("lines") and cleaned.get("handle") == "":
            self.add_error("handle", "Give the author of these lines.")
        return cleaned

    def save(self, commit: bool = True) -> Upload:
        upload: Upload = super().save(commit=False)
        if file := self.cleaned_data["file"]:
            upload.name, upload.content = file.name[:200], file
        else:
            upload.name, upload.format = "pasted lines", "lines"
            lines = self.cleaned_data["lines"].encode("utf-8", "replace")
            upload.content = ContentFile(lines, "lines")
        if commit:
            upload.save()
        return upload
