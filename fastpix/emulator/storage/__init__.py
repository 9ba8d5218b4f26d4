"""The URLs of uploads: resumable sessions as those of Google Cloud Storage, and the files that they bring."""
