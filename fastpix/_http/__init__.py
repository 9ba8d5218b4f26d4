"""The code that sends a request and reads the response. Start reading at `transport`."""
