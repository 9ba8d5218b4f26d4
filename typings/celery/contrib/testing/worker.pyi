from contextlib import AbstractContextManager

from celery import Celery

def start_worker(app: Celery, *, perform_ping_check: bool) -> AbstractContextManager[object]: ...
