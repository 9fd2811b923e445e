from django.db import migrations, models


def fold(apps, schema_editor):
    """Of accounts whose names differ in case alone, the first keeps the name."""
    accounts = apps.get_model("accounts", "Account")
    known = set()
    for account in accounts.objects.order_by("date_joined", "pk"):
        folded = account.username.casefold()
        if folded not in known:
            known.add(folded)
            accounts.objects.filter(pk=account.pk).update(folded=folded)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_ground_floor"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="folded",
            field=models.CharField(editable=False, max_length=300, null=True, unique=True),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
