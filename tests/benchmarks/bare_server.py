"""``python -m tests.benchmarks.bare_server BODY``: one Starlette route, and nothing else."""

import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = sys.argv[1]


async def get(_: Request) -> Response:
    return Response(BODY, media_type="application/json")


def main() -> None:
    application = Starlette(routes=[Route("/v1/live/streams/{id}", get)])
    settings = uvicorn.Config(application, log_level="warning", lifespan="off", http="h11")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/v1/", flush=True)
        uvicorn.Server(settings).run(sockets=[listening])


if __name__ == "__main__":
    main()
