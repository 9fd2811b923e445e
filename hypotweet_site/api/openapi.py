"""The OpenAPI description of the API, with the errors of every operation."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from common.http.problems import MEDIA_TYPE

EVERY_OPERATION = (401, 403, 500)
DESCRIPTIONS = {
    202: "Accepted: poll the task for its result",
    400: "The request cannot be read",
    401: "No API key, or not a valid one",
    403: "The key, or its account, may not do this",
    404: "Not known here",
    409: "This site is not set up for it",
    422: "The request can be read, but not answered: which field, and why",
    429: "Too many requests: wait for Retry-After seconds",
    500: "An error of this site",
    503: "What it takes to answer is being built: wait for Retry-After seconds",
}
RETRY_AFTER = {
    "Retry-After": {
        "description": "After how many seconds to ask again.",
        "schema": {"type": "integer"},
    }
}
PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}


class DescribedAPI(NinjaAPI):
    """Documents every status, and the media type of problem documents."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            for operation in methods.values():
                _complete(operation)
        return schema


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    statuses = {*responses, *EVERY_OPERATION}
    if "requestBody" in operation:
        statuses.add(400)
    for status in sorted(statuses):
        response = responses.setdefault(status, {})
        default = response.get("description", "OK")
        response["description"] = DESCRIPTIONS.get(status, default)
        if status >= 400:
            response["content"] = {MEDIA_TYPE: {"schema": PROBLEM}}
        if status in {429, 503}:
            response["headers"] = RETRY_AFTER
    operation["responses"] = {status: responses[status] for status in sorted(statuses)}
