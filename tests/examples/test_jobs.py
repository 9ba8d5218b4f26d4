"""The examples of jobs in README that `test_readme` does not run."""

from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker

from fastpix.api.media import media_create
from fastpix.emulator import Emulator
from tests.test_readme import EXAMPLES, IN_OTHER_PLACES


def test_the_example_of_a_journal_is_the_one_of_readme() -> None:
    assert Path(__file__).with_name("journal_redis.py").read_text() in EXAMPLES


def test_the_examples_that_other_tests_run_are_two() -> None:
    assert [example.split()[1] for example in IN_OTHER_PLACES] == ["dask.distributed", "celery"]


def test_the_example_of_celery_imports_a_row_once(
    server_url: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FASTPIX_SERVER_URL", server_url)
    monkeypatch.setenv("FASTPIX_USERNAME", emulator.username)
    monkeypatch.setenv("FASTPIX_PASSWORD", emulator.password)
    (example,) = (example for example in IN_OTHER_PLACES if "celery" in example)
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(example, "README", "exec"), names)
    emulator.fail(media_create, ["lost"])
    with start_worker(names["app"], perform_ping_check=False):
        tasks = [names["import_row"].delay(row, "https://example.com/a.mp4") for row in ("1", "1", "2")]
        ids = {task.get(timeout=30) for task in tasks}
    assert len(ids) == 2
    assert len([sent for sent in emulator.sent if sent.function == "media_create"]) == 2
