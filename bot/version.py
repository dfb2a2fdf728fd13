"""Which Okno this is."""

from importlib.metadata import PackageNotFoundError, version


def okno_version() -> str:
    """The installed version; words where it runs from a folder of sources, not installed."""
    try:
        return version("okno")
    except PackageNotFoundError:
        return "from source"
