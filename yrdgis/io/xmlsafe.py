"""Look through XML before any other library sees it.

Document types and entities are refused outright (they serve bombs and file theft, and no GIS format needs
them), and size and depth are capped. The walk is a single pass in constant memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO
from xml.parsers import expat

from yrdgis.errors import InputError
from yrdgis.io.archives import LIMITS, Limits, open_compressed

__all__ = ["check_xml", "xml_root"]

_CHUNK = 1 << 20


class _EnoughError(Exception):
    """Raised inside a handler once enough is known."""


class _Watch:
    """Handlers that refuse document types, entities and too deep nesting."""

    def __init__(self, name: str, limits: Limits, *, stop_at_root: bool, count_depth: bool = True) -> None:
        self.name, self.limits, self.stop_at_root = name, limits, stop_at_root
        self.count_depth = count_depth
        self.depth, self.root = 0, ""

    def doctype(self, *_: object) -> None:
        raise InputError(
            f"{self.name}: holds a document type or entity declaration, which is refused (it can expand "
            "without end or "
            "read other files). Remove the <!DOCTYPE ...> part."
        )

    def root_only(self, parser: expat.XMLParserType) -> None:
        """Look at the root, then let the parser run at full speed."""

        def first(tag: str, _attributes: object) -> None:
            self.root = tag.rsplit(":", 1)[-1]
            parser.StartElementHandler = None

        parser.StartElementHandler = first

    def start(self, tag: str, _attributes: object) -> None:
        if not self.root:
            self.root = tag.rsplit(":", 1)[-1]
            if self.stop_at_root:
                raise _EnoughError
        self.depth += 1
        if self.depth > self.limits.xml_depth:
            raise InputError(
                f"{self.name}: elements nested deeper than {self.limits.xml_depth}; no map file needs that."
            )

    def end(self, _tag: str) -> None:
        self.depth -= 1


def _walk(stream: IO[bytes], watch: _Watch, limit: int) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = watch.doctype
    parser.EntityDeclHandler = watch.doctype
    parser.StartElementHandler = watch.start
    if not watch.count_depth:
        watch.root_only(parser)
    elif not watch.stop_at_root:
        parser.EndElementHandler = watch.end
    seen = 0
    try:
        while chunk := stream.read(_CHUNK):
            seen += len(chunk)
            if seen > limit:
                raise InputError(
                    f"{watch.name}: more than {limit >> 20} MB of XML. Cut out the part you need."
                )
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # the latter for encodings that nobody knows
        what = "is cut off or not well formed" if seen else "is empty"
        raise InputError(f"{watch.name}: XML that {what} ({error}). Fetch or export it again.") from error


def check_xml(path: Path, *, limits: Limits = LIMITS, depth: bool = True) -> str:
    """Walk an XML file (plain, .gz or .bz2) and refuse what is dangerous or damaged.

    Parameters
    ----------
    path : Path
        The file.
    limits : Limits
        Caps on size and depth.
    depth : bool
        Whether nesting is counted; without, the walk is several times faster, for readers that don't nest.

    Returns
    -------
    str
        Local name of the root element, such as ``osm``, ``kml`` or ``gpx``.

    Raises
    ------
    InputError
        On a document type, an entity, too much depth or size, or text that is no well-formed XML.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "track.gpx"
    >>> _ = place.write_text('<gpx version="1.1"><wpt lat="31.2" lon="121.5"/></gpx>')
    >>> check_xml(place)
    'gpx'
    """
    watch = _Watch(path.name, limits, stop_at_root=False, count_depth=depth)
    with open_compressed(path, limits=limits) as stream:
        _walk(stream, watch, limits.xml_mb << 20)
    return watch.root


def xml_root(path: Path, *, limits: Limits = LIMITS) -> str:
    """Local name of the root element, reading no further than that."""
    watch = _Watch(path.name, limits, stop_at_root=True)
    try:
        with open_compressed(path, limits=limits) as stream:
            _walk(stream, watch, limits.xml_mb << 20)
    except _EnoughError:
        pass
    return watch.root
