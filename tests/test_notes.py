"""Small files that processes leave for others, and what the operating system says about files."""

import pytest

from portal import notes
from portal.run import os_errors


def test_a_note_comes_back_and_leaves_nothing_beside_it(tmp_path):
    assert notes.read(tmp_path / "a.json") is None
    notes.write(tmp_path / "a.json", {"pada": "kini"})
    assert notes.read(tmp_path / "a.json") == {"pada": "kini"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    for broken in ("", "[1]", '{"pada"'):
        (tmp_path / "a.json").write_text(broken)
        assert notes.read(tmp_path / "a.json") == {}


def test_a_folder_without_room_is_told_in_a_sentence(tmp_path):
    assert os_errors.lack_of_room(tmp_path, 1) == ""
    assert os_errors.lack_of_room(tmp_path, 10**18).startswith(
        f"Ruang cakram untuk {tmp_path} tidak cukup: perlu 1.000.000.000,0 GB, tersisa "
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(116, "Stale file handle"), "cakram jaringannya terputus"),
        (OSError(98, "Address already in use"), "sudah dipakai program lain"),
        (OSError(12345, "Something rare"), "Something rare"),
    ],
)
def test_the_system_speaks_indonesian_where_it_can(error, sentence):
    assert os_errors.reason(error) == sentence
