from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tweets', '0007_upload_bytes_into_files'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='upload',
            name='data',
        ),
    ]
