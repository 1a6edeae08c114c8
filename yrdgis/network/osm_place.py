"""OpenStreetMap of a place or polygon, asked of Overpass and Nominatim servers.

Every answer is checked before it is used or kept: a remark with an error means that the data are not whole.
Waiting and trying again are bounded. Answers are cached by the text of the question.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis import __version__, settings
from yrdgis.errors import InputError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.network.osm import Imported, network_of
from yrdgis.network.osm_read import ways_of
from yrdgis.network.osm_tags import KEYS

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["Servers", "find_place", "import_place"]

_BUSY = (429, 502, 503, 504)
_LONGEST_WAIT_S = 60.0


@dataclass(frozen=True)
class Servers:
    """Which servers are asked, and how patiently.

    Attributes
    ----------
    overpass, nominatim : str
        Addresses of the programs' interfaces, without the last part.
    timeout_s : float
        For one answer.
    tries : int
        How often one question is asked.
    pause_s : float
        Wait before the second try, doubled each time, unless the server says how long.
    max_km2 : float
        Largest area that is asked for; larger ones belong to an extract.
    """

    overpass: str = "https://overpass-api.de/api"
    nominatim: str = "https://nominatim.openstreetmap.org"
    timeout_s: float = 180.0
    tries: int = 3
    pause_s: float = 5.0
    max_km2: float = 2500.0


def import_place(
    place: str | Any,
    *,
    layers: Layers,
    mode: str = "drive",
    access: str = "public",
    simplify: bool = True,
    servers: Servers | None = None,
    cache: bool | None = None,
    limits: Limits = LIMITS,
) -> Imported:
    """A network of a named place or of a polygon.

    Parameters
    ----------
    place : str or shapely polygon
        A name for Nominatim, or an area in WGS84 degrees.
    layers, mode, access, simplify
        As in `yrdgis.network.osm.import_osm`.
    servers : Servers, optional
        The public ones if not given.
    cache : bool, optional
        Whether answers are kept; the setting ``cache`` if not given.
    limits : Limits
        Cap on the size of an answer.

    Raises
    ------
    InputError
        Offline, refused, timed out, cut off, too large, or an answer that is not whole: which, and what to
        do.
    """
    asked = servers or Servers()
    keep = bool(settings.get("cache")) if cache is None else cache
    area = find_place(place, servers=asked, cache=keep, limits=limits) if isinstance(place, str) else place
    _check_area(area, asked)
    answer = _ask(
        f"{asked.overpass.rstrip('/')}/interpreter", {"data": _query(area, mode, asked)}, asked, keep, limits
    )
    elements = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(elements, list):
        raise InputError(
            "The Overpass server's answer holds no elements. Try again later, or another server."
        )
    data = ways_of(elements, mode, access=access)
    label = place if isinstance(place, str) else "polygon"
    if not len(data):
        raise InputError(f"OpenStreetMap holds no ways for the mode {mode!r} in {label!r}.")
    return network_of(data, layers=layers, mode=mode, simplify=simplify, label=label)


def find_place(name: str, *, servers: Servers, cache: bool = True, limits: Limits = LIMITS) -> Any:
    """Polygon of a named place, in WGS84 degrees.

    Raises
    ------
    InputError
        If there is no such place, or none with an area, or the server can't be asked.
    """
    import shapely

    question = {"q": name, "format": "json", "polygon_geojson": "1", "limit": "5", "dedupe": "1"}
    answer = _ask(f"{servers.nominatim.rstrip('/')}/search", question, servers, cache, limits)
    if not isinstance(answer, list):
        raise InputError(
            "The Nominatim server's answer is no list of places. Try again later, or another server."
        )
    for found in answer:
        shape = found.get("geojson") if isinstance(found, dict) else None
        if isinstance(shape, dict) and shape.get("type") in ("Polygon", "MultiPolygon"):
            return shapely.make_valid(shapely.geometry.shape(shape))
    what = "has no area there, only a point or line" if answer else "is not known there"
    raise InputError(f"The place {name!r} {what}. Name a larger place, or give a polygon.")


def _check_area(area: Any, servers: Servers) -> None:
    from pyproj import Geod

    if (
        area.is_empty
        or not area.is_valid
        or not hasattr(area, "geom_type")
        or "Polygon" not in area.geom_type
    ):
        raise InputError("The area must be a valid polygon in WGS84 degrees.")
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(area)[0]) / 1e6
    if km2 > servers.max_km2:
        raise InputError(
            f"The area is {km2:,.0f} km², more than the {servers.max_km2:,.0f} km² that a public server "
            "should be asked for. "
            "Download an extract (.osm.pbf) and import that."
        )


def _query(area: Any, mode: str, servers: Servers) -> str:
    rings = [p.exterior for p in getattr(area, "geoms", [area]) if p.geom_type == "Polygon"]
    keys = [k for k in KEYS[mode] if k != "route"]
    parts = []
    for ring in rings:
        text = " ".join(f"{y:.6f} {x:.6f}" for x, y in ring.coords)
        parts += [f'way["{key}"](poly:"{text}");' for key in keys]
        if "route" in KEYS[mode]:
            parts.append(f'way["route"="ferry"](poly:"{text}");')
    return f"[out:json][timeout:{int(servers.timeout_s)}];({''.join(parts)}>;);out;"


def _cache_file(url: str, question: dict[str, str]) -> Path:
    key = hashlib.sha256(json.dumps([url, question], sort_keys=True).encode()).hexdigest()
    return settings.cache_dir() / "openstreetmap" / f"{key}.json"


def _ask(url: str, question: dict[str, str], servers: Servers, cache: bool, limits: Limits) -> Any:
    """Answer from the cache or the server; only whole answers are kept."""
    kept = _cache_file(url, question)
    if cache and kept.is_file():
        try:
            return json.loads(kept.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            kept.unlink(missing_ok=True)
    text = _fetch(url, question, servers, limits)
    try:
        answer = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{_host(url)} answered with something else than JSON: {_gist(text)}") from error
    remark = answer.get("remark") if isinstance(answer, dict) else None
    if remark:
        raise InputError(
            f"{_host(url)} could not answer in full: {str(remark)[:200]}. Ask for a smaller area."
        )
    if cache:
        from yrdgis.io.write import atomic_write

        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(kept) as target:
            Path(target).write_text(text, encoding="utf-8")
    return answer


def _fetch(url: str, question: dict[str, str], servers: Servers, limits: Limits) -> str:
    import requests

    wait, told = servers.pause_s, ""
    headers = {"User-Agent": f"yrdgis/{__version__}", "Accept": "application/json"}
    for attempt in range(max(1, servers.tries)):
        if attempt:
            time.sleep(min(wait, _LONGEST_WAIT_S))
            wait *= 2
        try:
            with (
                requests.post(
                    url,
                    data=question,
                    headers=headers,
                    timeout=(min(10.0, servers.timeout_s), servers.timeout_s),
                    stream=True,
                )
                if url.endswith("interpreter")
                else requests.get(
                    url, params=question, headers=headers, timeout=servers.timeout_s, stream=True
                ) as response
            ):
                if response.status_code in _BUSY:
                    told = f"is busy (HTTP {response.status_code})"
                    wait = _retry_after(response, wait)
                    continue
                text = _text(response, limits, url)
                if response.status_code != 200:
                    raise InputError(f"{_host(url)} refused (HTTP {response.status_code}): {_gist(text)}")
                return text
        except requests.exceptions.Timeout:
            told = f"did not answer within {servers.timeout_s:g} s"
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            told = "broke the connection in the middle of its answer"
        except requests.exceptions.ConnectionError:
            told = "can't be reached; is this machine offline"
    raise InputError(
        f"{_host(url)} {told}, after {max(1, servers.tries)} tries. Try again later, or import a "
        "downloaded extract instead "
        "(`yrdgis network import osm FILE`)."
    )


def _text(response: Any, limits: Limits, url: str) -> str:
    """The body, counted as it comes in."""
    parts, size = [], 0
    for part in response.iter_content(1 << 20):
        size += len(part)
        if size > limits.json_mb << 20:
            raise InputError(
                f"{_host(url)} answers with more than {limits.json_mb} MB. Ask for a smaller area."
            )
        parts.append(part)
    return b"".join(parts).decode("utf-8", "replace")


def _retry_after(response: Any, otherwise: float) -> float:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdigit() else otherwise


def _host(url: str) -> str:
    return url.split("/")[2]


def _gist(text: str) -> str:
    import re

    plain = " ".join(re.sub(r"<[^>]{0,200}>", " ", text[:20_000]).split())
    return plain[:160] or "(nothing)"
