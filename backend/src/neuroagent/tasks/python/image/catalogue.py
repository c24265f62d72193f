"""What to tell about an image's packages: a table for people, a sentence for a script that misses one."""

from collections.abc import Iterator, Sequence

from packaging.utils import canonicalize_name

from neuroagent.tasks.python.image.manifest import Manifest

IMPORTED_AS = {
    "scikit-learn": "sklearn",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "beautifulsoup4": "bs4",
    "opencv-python": "cv2",
}


def table(manifest: Manifest) -> str:
    """Every package, and what was left out with the reason."""
    there = [(package.name, package.version, package.source) for package in manifest.packages]
    gone = [(name, "-", f"left out: {reason}") for name, reason in manifest.left_out.items()]
    rows = [("package", "version", "from"), *there, *gone]
    return "\n".join(_aligned(rows))


def _aligned(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, version, source in rows:
        yield f"{name:<{widths[0]}}  {version:<{widths[1]}}  {source}"


def advice(module: str, manifest: Manifest) -> str:
    """Why `import module` found nothing, and how to get it."""
    package = next((name for name, other in IMPORTED_AS.items() if other == module), module)
    left_out = {canonicalize_name(name): reason for name, reason in manifest.left_out.items()}
    reason = left_out.get(canonicalize_name(package))
    why = f"was left out of this sandbox ({reason})" if reason else "isn't in this sandbox"
    return f"{package} {why}; whoever runs it can add it with: ./dev sandbox add {package}"


def sentence(manifest: Manifest) -> str:
    """For the model: exactly what a script can import beyond Python's own modules."""
    names = [f"{package.name} {package.version}" for package in manifest.packages]
    if not names:
        return f"It is Python {manifest.python} with its own modules, and no other package."
    return f"It is Python {manifest.python} with {', '.join(names)}, and no other package."
