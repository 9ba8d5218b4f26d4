from pathlib import Path

from tests.mutants.__main__ import modules, sample
from tests.mutants.mutants import mutants
from tests.wheel import ROOT

PATH = Path("fastpix/_call/retry.py")


def test_a_mutant_is_its_module_but_for_one_place() -> None:
    source = (ROOT / PATH).read_text()
    found = [mutant for mutant in mutants(PATH) if mutant.compiles()]
    assert len(found) > 100
    for mutant in found:
        assert mutant.source != source
        assert mutant.diff()
    assert any("+    return 1 if isinstance(error, RateLimitedError) else 14" in mutant.diff() for mutant in found)


def test_declarations_decorators_and_module_level_are_mutated_and_annotations_are_not() -> None:
    changes = "\n".join(mutant.diff() for mutant in mutants(PATH))
    assert "+REPEATABLE_STATUSES = None" in changes
    assert "-    def take(self, tokens: int) -> bool:" not in changes


def test_a_seed_gives_the_same_mutants_again() -> None:
    first, again = ([mutant.diff() for mutant in sample(20, 7, [PATH])] for _ in range(2))
    assert first == again
    assert first != [mutant.diff() for mutant in sample(20, 8, [PATH])]
    assert len(first) == 20


def test_the_pipeline_the_wire_and_the_emulator_are_mutated() -> None:
    folders = {str(path.parent) for path in modules()}
    assert folders == {
        *("fastpix", "fastpix/_call", "fastpix/_http", "fastpix/api", "fastpix/uploads", "fastpix/webhooks"),
        *("fastpix/jobs", "fastpix/journal", "fastpix/playback"),
        *(
            "fastpix/emulator",
            *(
                f"fastpix/emulator/{name}"
                for name in ("api", "http", "model", "playback", "storage", "store", "studio", "webhooks")
            ),
        ),
    }
