"""HTTP on the side of the local FastPix: from a request to a handler, and from its result to a response."""
