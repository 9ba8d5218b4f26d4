"""Uploads: send a file to FastPix in parts, and go on after any fault, also in another process.

    from fastpix.uploads import upload

    upload(core, "talk.mp4", PushMediaSettings(access_policy="public"))

`upload` is enough for most programs. `start`, `send`, `status`, `resume` and `cancel` are its steps: a server can start
an upload whose file a browser sends, or a worker can go on where another one stopped.
"""

from fastpix.uploads.control import UploadControl
from fastpix.uploads.functions import UploadStatus, cancel, resume, send, start, status, upload
from fastpix.uploads.job import Uploaded
from fastpix.uploads.options import SendOptions, UploadOptions
from fastpix.uploads.progress import UploadProgress
from fastpix.uploads.session import UploadSession

__all__ = [
    "SendOptions",
    "UploadControl",
    "UploadOptions",
    "UploadProgress",
    "UploadSession",
    "UploadStatus",
    "Uploaded",
    "cancel",
    "resume",
    "send",
    "start",
    "status",
    "upload",
]
