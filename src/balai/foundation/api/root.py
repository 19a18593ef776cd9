"""The API of the city: one document for everything that the rooms offer under /api/."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from django.conf import settings
from ninja import NinjaAPI

from balai.foundation.api.answers import FastRenderer
from balai.foundation.api.contributions import ApiRoutes
from balai.foundation.api.problems import CONTENT_TYPE, answer_problems_of
from balai.foundation.registry.discover import contributions

_PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong, as RFC 9457 describes it; title and detail in Indonesian or English.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "description": "JSON pointer into the body"},
                    "parameter": {"type": "string"},
                },
            },
        },
    },
}
_PROBLEM_ANSWER: dict[str, Any] = {
    "description": "A problem",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def build_api() -> NinjaAPI:
    """Return the API with the routes of every room that is switched on."""
    built = NinjaAPI(
        title="Balai",
        version=version("balai"),
        description="Open interface of the city hall. Reads need no key. Times carry an offset; texts are UTF-8.",
        openapi_url=None,
        docs_url=None,
        renderer=FastRenderer(),
        servers=[{"url": settings.BALAI_BASE_URL}],
        urls_namespace="balai-api",
    )
    answer_problems_of(built)
    for routes in contributions(ApiRoutes):
        module, _dot, name = routes.router.rpartition(".")
        built.add_router(routes.prefix, getattr(import_module(module), name))
    return built


api = build_api()


@cache
def document(described: NinjaAPI = api) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document, with the problem answer on every operation."""
    schema: dict[str, Any] = dict(described.get_openapi_schema(path_prefix="api/"))
    components = dict(schema.get("components", {}))
    components["schemas"] = {**components.get("schemas", {}), "Problem": _PROBLEM_SCHEMA}
    components["securitySchemes"] = {
        **components.get("securitySchemes", {}),
        "bearer": {"type": "http", "scheme": "bearer", "description": "A key given by the city"},
    }
    schema["components"] = components
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation.setdefault("responses", {}).setdefault("default", _PROBLEM_ANSWER)
    return schema


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One call as the page for people shows it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]


def operations() -> list[Operation]:
    """Return every operation of the document, in its order."""
    return [
        Operation(
            method=method.upper(),
            path=path,
            summary=operation.get("summary", ""),
            description=operation.get("description", ""),
            parameters=tuple(operation.get("parameters", ())),
        )
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
