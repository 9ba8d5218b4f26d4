from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from fastpix import Failure, Success
from fastpix.webhooks import MediaEvent, read


@csrf_exempt
def hooks(request: HttpRequest) -> HttpResponse:
    match read(request.body, request.headers):
        case Success(MediaEvent("video.media.ready", media)):
            print(f"{media.id} is ready")
        case Success(_):
            pass  # another event, or the probe of a new URL
        case Failure(error):
            return HttpResponse(str(error), status=error.status)
    return HttpResponse(status=204)
