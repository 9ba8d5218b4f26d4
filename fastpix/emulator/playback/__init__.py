"""What players get from a local FastPix: manifests, segments, pictures, subtitles and files, for those who may have them."""
