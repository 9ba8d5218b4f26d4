"""A journal of what has been done, so that each item of a job is done once, whatever happens to the processes.

    create = once(media_create, journal=SqliteJournal("import.db"), key="row", among=media_list)
    for request, result in many(create)(core, requests):
        ...

A process that is killed can be started again with the same requests. What is done is not done again.
"""

from fastpix.journal.entries import Begun, Done, Go, InDoubt, Journal
from fastpix.journal.once import Once, once
from fastpix.journal.sqlite import SqliteJournal

__all__ = ["Begun", "Done", "Go", "InDoubt", "Journal", "Once", "SqliteJournal", "once"]
