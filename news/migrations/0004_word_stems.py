from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0006_pictures")]

    operations = [
        migrations.AddField(model_name="word", name="stems", field=models.IntegerField(db_default=0, default=0)),
    ]
