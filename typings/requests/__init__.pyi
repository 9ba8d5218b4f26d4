from typing import Any

class Response:
    status_code: int
    headers: dict[str, str]

class Session:
    def request(self, method: str, url: str, **settings: Any) -> Response: ...
