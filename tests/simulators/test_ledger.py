import sqlite3

from simulators.ledger import Ledger

OLD = """
    CREATE TABLE callbacks (
      id INTEGER PRIMARY KEY AUTOINCREMENT, purchase INTEGER NOT NULL, url TEXT NOT NULL,
      content_type TEXT NOT NULL, body BLOB NOT NULL, ack TEXT NOT NULL, note TEXT NOT NULL,
      due_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL DEFAULT 'waiting', answer TEXT NOT NULL DEFAULT '')
"""


def test_a_file_from_before_callbacks_had_headers_is_taken_up(tmp_path):
    with sqlite3.connect(tmp_path / "simulators.sqlite3") as old:
        old.execute(OLD)
        old.execute(
            "INSERT INTO callbacks (purchase, url, content_type, body, ack, note, due_at)"
            " VALUES (1, 'u', 't', '', '', '', 0)"
        )
    old.close()

    for _ in range(2):
        ledger = Ledger(tmp_path)
        found = [row["headers"] for row in ledger.rows("SELECT headers FROM callbacks")]
        ledger.close()

    assert found == ["{}"]
