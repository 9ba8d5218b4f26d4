"""What a local FastPix knows: media and live streams with their states, playback ids, views and metrics."""
