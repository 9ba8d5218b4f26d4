from flask import Flask, Response, request

from fastpix import Failure, Success
from fastpix.webhooks import MediaEvent, read

app = Flask(__name__)


@app.post("/hooks")
def hooks() -> Response:
    match read(request.get_data(), request.headers):
        case Success(MediaEvent("video.media.ready", media)):
            print(f"{media.id} is ready")
        case Success(_):
            pass  # another event, or the probe of a new URL
        case Failure(error):
            return Response(str(error), error.status)
    return Response(status=204)
