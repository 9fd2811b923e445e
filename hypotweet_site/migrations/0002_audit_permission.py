from django.db import migrations


def let_operators_see_every_change(apps, schema_editor):
    """Django itself creates permissions only after all migrations."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="common", model="auditentry"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="view_auditentry",
        defaults={"name": "Can view change"},
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="operator"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_audit"),
        ("hypotweet_site", "0001_role_permissions"),
    ]

    operations = [
        migrations.RunPython(let_operators_see_every_change, migrations.RunPython.noop)
    ]
