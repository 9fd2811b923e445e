from django.db import migrations

# Each entry: app, model, actions. An operator may also do what a curator may.
CURATOR = [
    ("tweets", "user", ["view", "add", "change"]),
    ("tweets", "tweet", ["view", "change"]),
    ("tweets", "upload", ["view", "add"]),
    ("tweets", "fetch", ["view"]),
    ("tweets", "optout", ["view", "add"]),
    ("prediction", "signature", ["view"]),
    ("prediction", "background", ["view"]),
    ("prediction", "prediction", ["view"]),
    ("prediction", "feedback", ["view", "change"]),
    ("django_tasks_database", "dbtaskresult", ["view"]),
]
OPERATOR = [
    *CURATOR,
    ("tweets", "user", ["delete"]),
    ("tweets", "tweet", ["delete"]),
    ("tweets", "upload", ["delete"]),
    ("tweets", "optout", ["change", "delete"]),
    ("prediction", "signature", ["add", "delete"]),
    ("prediction", "prediction", ["delete"]),
    ("prediction", "feedback", ["delete"]),
    ("django_tasks_database", "dbtaskresult", ["change"]),
    ("accounts", "account", ["view", "add", "change", "delete"]),
    ("accounts", "apikey", ["view", "add", "change"]),
    ("axes", "accessattempt", ["view", "delete"]),
]
ROLES = {"curator": CURATOR, "operator": OPERATOR}


def give_permissions(apps, schema_editor):
    """Skip groups that have permissions: version 1 gave them, or staff changed them."""
    groups = apps.get_model("auth", "Group").objects
    for name, rights in ROLES.items():
        for group in groups.filter(name=name, permissions=None):
            group.permissions.set(
                permission(apps, app, model, action)
                for app, model, actions in rights
                for action in actions
            )


def permission(apps, app, model, action):
    """Django itself creates permissions only after all migrations."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=f"{action}_{model}",
        defaults={"name": f"Can {action} {model}"},
    )
    return found


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0003_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Going back keeps the permissions, so that going forward again changes nothing.
    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
