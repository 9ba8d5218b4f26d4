"""The logic of one call, from request to result. It uses no network and never waits. Start reading at `call`."""
