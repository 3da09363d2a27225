"""Whole answers that carry a tag of their bytes: who has them already is told so."""

from fastapi import Request, Response

from avrop.web.conditional import asked


def tagged(request: Request, body: bytes, media_type: str, tag: str) -> Response:
    """The text, or that it is unchanged. Its media type stands alone: harvesters compare it as it is."""
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if asked(request) & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    made = Response(body, headers=headers)
    made.headers["content-type"] = media_type
    return made
