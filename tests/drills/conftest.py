import pytest

from tests.test_serve import kill_all_of


@pytest.fixture
def data_dir(tmp_path):
    """The data folder of a portal that was never started; demo content, which takes longest, is disabled."""
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "contoh-dimuat").touch()
    yield folder
    kill_all_of(folder)
