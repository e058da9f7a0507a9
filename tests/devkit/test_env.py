import subprocess
from pathlib import Path

from devkit.env import environment, exports
from devkit.place import Place

AWKWARD = 'it\'s $HOME `id` "quoted" \\ 中文 ; rm -rf'


def test_a_shell_reads_back_exactly_what_was_exported():
    script = exports({"AWKWARD": AWKWARD}) + '\nprintf %s "$AWKWARD"'

    said = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)

    assert said.stdout == AWKWARD


def test_the_environment_names_all_that_django_reads(tmp_path):
    place = Place(root=tmp_path)
    place.prepare()

    made = environment(place, [{"DATABASE_URL": "d"}, {"REDIS_URL": "r"}])

    assert made.keys() == {
        "BASE_DOMAIN", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MASTER_KEY_FILE", "PORT",
        "PUBLIC_PORT", "SIMULATORS_PORT", "REDIS_URL", "RUN_DIR", "SECRET_KEY_FILE",
    }  # fmt: skip
    assert made["RUN_DIR"] == str(tmp_path)


def test_keys_are_made_once_and_belong_to_their_owner_only(tmp_path):
    place = Place(root=tmp_path)
    place.prepare()

    first = environment(place, [])["MASTER_KEY_FILE"]
    before = Path(first).read_text()
    environment(place, [])

    assert Path(first).read_text() == before
    assert Path(first).stat().st_mode & 0o777 == 0o600
