from django.db import migrations, models

STATES = [
    ("open", "On sale"),
    ("freezing", "Being frozen"),
    ("frozen", "Frozen"),
    ("unfreezing", "Coming back on sale"),
    ("recalling", "Being recalled"),
    ("recalled", "Recalled"),
    ("undoing", "Being undone"),
    ("undone", "Undone"),
]
AT_WORK = ["freezing", "unfreezing", "recalling", "undoing"]


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_undoing")]
    operations = [
        migrations.RemoveConstraint("batch", "batch_state_known"),
        migrations.RemoveIndex("batch", "batch_to_undo"),
        # The column keeps its name: processes of the release before are still reading it.
        migrations.AlterField(
            "batch", "undone", models.BigIntegerField(db_column="undone", db_default=0, default=0)
        ),
        migrations.RenameField("batch", "undone", "done"),
        migrations.AlterField(
            "batch",
            "state",
            models.CharField(
                choices=STATES, default="open", max_length=10, verbose_name="state"
            ),
        ),
        migrations.AddIndex(
            "batch",
            models.Index(
                condition=models.Q(("state__in", AT_WORK)),
                fields=["lease_until"],
                name="batch_at_work",
            ),
        ),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _label in STATES])),
                name="batch_state_known",
            ),
        ),
    ]
