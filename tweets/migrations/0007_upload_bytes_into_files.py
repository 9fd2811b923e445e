from django.core.files.base import ContentFile
from django.db import migrations


def move_into_files(apps, schema_editor):
    """Moves one upload at a time: each may hold 100 MB."""
    uploads = apps.get_model("tweets", "Upload").objects.using(schema_editor.connection.alias)
    for pk in list(uploads.order_by().values_list("pk", flat=True)):
        upload = uploads.get(pk=pk)
        if upload.data:
            upload.content = ContentFile(bytes(upload.data), "upload")
            upload.data = b""
            upload.save(update_fields=["content", "data"])


def move_into_database(apps, schema_editor):
    """Deletes a file after its bytes are in the database."""
    uploads = apps.get_model("tweets", "Upload").objects.using(schema_editor.connection.alias)
    for pk in list(uploads.exclude(content="").order_by().values_list("pk", flat=True)):
        upload = uploads.get(pk=pk)
        with upload.content.open("rb") as stored:
            upload.data = stored.read()
        name, storage = upload.content.name, upload.content.storage
        upload.content = ""
        upload.save(update_fields=["content", "data"])
        storage.delete(name)


class Migration(migrations.Migration):

    # One upload after the other is moved for good: a way that stops half-way goes on
    # from there, and no file is lost to a transaction that is rolled back.
    atomic = False

    dependencies = [
        ('tweets', '0006_upload_content'),
    ]

    operations = [
        migrations.RunPython(move_into_files, move_into_database),
    ]
