from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("news", "0004_word_stems"), ("news", "0006_pictures")]
    operations = []
