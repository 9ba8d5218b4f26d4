from fastapi import FastAPI, Request, Response

from fastpix import Failure, Success
from fastpix.webhooks import MediaEvent, read

app = FastAPI()


@app.post("/hooks")
async def hooks(request: Request) -> Response:
    match read(await request.body(), request.headers):
        case Success(MediaEvent("video.media.ready", media)):
            print(f"{media.id} is ready")
        case Success(_):
            pass  # another event, or the probe of a new URL
        case Failure(error):
            return Response(str(error), error.status)
    return Response(status_code=204)
