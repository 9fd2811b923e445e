from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tweets', '0009_help_texts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='tweet',
            index=models.Index(fields=['gist'], name='tweet_gist'),
        ),
    ]
