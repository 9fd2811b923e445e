from django.db import migrations, models

import tweets.models.uploads


class Migration(migrations.Migration):

    dependencies = [
        ('tweets', '0005_ground_floor'),
    ]

    operations = [
        # The default is for a way back, where the column is added to existing rows.
        migrations.AlterField(
            model_name='upload',
            name='data',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='upload',
            name="content",
            field=models.FileField(blank=True, editable=False, storage=tweets.models.uploads.upload_storage, upload_to=tweets.models.uploads.random_name),
        ),
    ]
