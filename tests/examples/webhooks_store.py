import sqlite3

from fastpix.webhooks import AnyEvent, MediaEvent

TABLES = (
    "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS media (id TEXT PRIMARY KEY, status TEXT, at BIGINT, event TEXT)",
)
ONCE = "INSERT INTO events (id) VALUES (?) ON CONFLICT (id) DO NOTHING"
NEWEST = """
    INSERT INTO media (id, status, at, event) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET status = excluded.status, at = excluded.at, event = excluded.event
    WHERE (excluded.at, excluded.event) > (media.at, media.event)
"""


def store(database: sqlite3.Connection, event: AnyEvent) -> bool:
    """Keep the status of a media, and return whether an event has come for the first time."""
    with database:  # both, or neither if the process ends meanwhile
        is_new = database.execute(ONCE, (event.id,)).rowcount == 1
        if is_new and isinstance(event, MediaEvent):
            status = "Deleted" if event.type == "video.media.deleted" else event.data.status
            if status is not None:
                database.execute(NEWEST, (event.data.id, status, event.created_at_ns, event.id))
    return is_new
