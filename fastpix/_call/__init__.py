"""One call, from request to result: pure, without input or output. `call` is where to begin reading."""
