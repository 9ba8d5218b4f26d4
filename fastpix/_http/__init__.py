"""The wire: what sends a request and reads its answer. `transport` is where to begin reading."""
