"""Jobs for a whole library of media: import, upload, label and delete them.

    report = import_media(core, "library.csv", journal=SqliteJournal("import.db"), report_file="report.csv")

A job can be stopped or killed at any moment, and started again with the same arguments. With an `AsyncFastpixCore`, await
it.
"""

from fastpix.jobs.files import UploadOnce, upload_once
from fastpix.jobs.functions import delete_media, import_media, label_media
from fastpix.jobs.job import JobSettings
from fastpix.jobs.report import FailedItem, Report

__all__ = [
    "FailedItem",
    "JobSettings",
    "Report",
    "UploadOnce",
    "delete_media",
    "import_media",
    "label_media",
    "upload_once",
]
