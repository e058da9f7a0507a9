import uuid

from django.db import migrations, models

# Nothing was kept in it so far: nobody called it before the partners' API.
EMPTY = "DELETE FROM core_once"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables")]
    operations = [
        migrations.RunSQL(EMPTY, EMPTY),
        migrations.RemoveField("once", "answer"),
        migrations.RemoveField("once", "lease_until"),
        migrations.AddField(
            "once", "answer", models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.AddField("once", "uid", models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.AlterField("once", "key", models.CharField(max_length=255)),
        migrations.AlterField("once", "status", models.SmallIntegerField()),
        migrations.AlterField("once", "made_at", models.DateTimeField()),
    ]
