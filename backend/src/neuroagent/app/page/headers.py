"""What a browser may do on our page: run our own scripts, speak to us, and nothing else."""

from typing import Final
from urllib.parse import urlsplit

UNCHANGING: Final = "public, max-age=31536000, immutable"  # the name of an asset holds its digest
LOOK_AGAIN: Final = "no-cache"


def headers_of_the_page(store: str) -> dict[str, str]:
    """Plotly writes styles of its own; figures are fetched from the store, which may be a bucket elsewhere."""
    files = " ".join(["'self'", *_origin(store)])
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"{files} data: blob:",
        "connect-src": files,
        "font-src": "'self' data:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cache-control": LOOK_AGAIN,
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


def _origin(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme in {"http", "https"} and parts.netloc else []
