from tests.faults.faults import FAULTS
from tests.faults.matrix import CELLS, live_through, wrong


def test_every_cell_holds() -> None:
    assert [mistake for lived in live_through(CELLS) if (mistake := wrong(*lived))] == []
    assert len(CELLS) == len(FAULTS) * 30 > 1100
