"""The laws of a journal, for any class of journals."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from fastpix.journal import Begun, Done, Go, InDoubt, Journal

KEYS = [f"media_create:{name}" for name in ("1", "a b", "\N{SNOWMAN}'\";--", "x" * 500)]
VALUES = [b"{}", b"", b'{"id":"\xe2\x98\x83"}', bytes(range(256)), None, None]
RACERS = 8


class Model:
    """A journal in a dict. An item is the number of its last attempt, and its value: ``None`` while it is in doubt."""

    def __init__(self) -> None:
        self._items: dict[str, tuple[int, bytes | None, bool]] = {}

    def begin(self, key: str) -> Begun:
        attempt, value, is_begun = self._items.get(key, (0, None, False))
        if value is not None:
            return Done(value)
        if is_begun:
            return InDoubt(attempt, 0)
        self._items[key] = (attempt + 1, None, True)
        return Go(attempt + 1)

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        if self._items.get(key, (0, None, False))[:2] == (attempt, None):
            self._items[key] = (attempt, value, False)


def without_age(begun: Begun) -> Begun:
    if isinstance(begun, InDoubt):
        assert 0 <= begun.age < 60
        return InDoubt(begun.attempt, 0)
    return begun


def check_that_it_does_what_a_dict_does(journal: Journal, *, steps: int = 400, seed: int = 1) -> None:
    model, chance = Model(), random.Random(seed)
    for step in range(steps):
        key = f"{chance.choice(KEYS)}:{step // 40}"
        if chance.random() < 0.5:
            assert without_age(journal.begin(key)) == model.begin(key)
        else:
            attempt, value = chance.randint(1, 3), chance.choice(VALUES)
            journal.finish(key, attempt, value)
            model.finish(key, attempt, value)


def check_that_one_of_many_gets_an_item(make: Callable[[], Journal], *, rounds: int = 20) -> None:
    """Let threads begin the same items at the same time, each with a journal that ``make`` returns."""
    with ThreadPoolExecutor(RACERS) as threads:
        journals = [make() for _ in range(RACERS)]
        for number in range(rounds):
            key = f"race:{number}"
            begun = list(threads.map(_begin, journals, repeat(key)))
            assert begun.count(Go(1)) == 1
            assert begun.count(InDoubt(1, 0)) == RACERS - 1
            for journal in journals:
                journal.finish(key, 1, None)
            begun = list(threads.map(_begin, journals, repeat(key)))
            assert begun.count(Go(2)) == 1


def _begin(journal: Journal, key: str) -> Begun:
    return without_age(journal.begin(key))
