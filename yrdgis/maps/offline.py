"""Pages that need nothing from anywhere.

Leaflet and jQuery come from the packages XStatic-Leaflet and XStatic-jQuery, read as files (they are never
imported). `save` writes any folium map whose assets are known as one file, and names what it can't carry.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yrdgis.errors import InputError, MissingExtraError, all_at_once
from yrdgis.io.write import atomic_write
from yrdgis.maps.basemap import key_written

__all__ = ["jquery_js", "leaflet_css", "leaflet_js", "missing_assets", "offline_html", "policy_tag", "save"]


@cache
def _asset(package: str, ending: str) -> bytes:
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if str(file).replace("\\", "/").endswith(ending):
            return Path(str(file.locate())).read_bytes()
    raise MissingExtraError(
        f"Offline maps need the package {package} ({ending}). Install it: pip install {package}"
    )


def _leaflet(name: str) -> bytes:
    return _asset("XStatic-Leaflet", f"leaflet/data/{name}")


def _data_uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _script(content: bytes) -> str:
    text = content.decode("utf-8").replace("</script", "<\\/script")
    return re.sub(r"(?m)^//[#@] sourceMappingURL=.*$", "", text).strip()


@cache
def leaflet_css() -> str:
    """Leaflet's style sheet with its pictures inside."""
    css = _leaflet("leaflet.css").decode("utf-8")
    return re.sub(
        r"url\((?:'|\")?images/([\w.-]+)(?:'|\")?\)",
        lambda m: f"url({_data_uri(_leaflet('images/' + m[1]))})",
        css,
    )


@cache
def leaflet_js() -> str:
    """Leaflet's script, with the pictures of its markers inside."""
    icons = {
        "iconUrl": "marker-icon.png",
        "iconRetinaUrl": "marker-icon-2x.png",
        "shadowUrl": "marker-shadow.png",
    }
    options = ",".join(f"{key}:'{_data_uri(_leaflet('images/' + file))}'" for key, file in icons.items())
    own = f"L.Icon.Default.imagePath='';L.Icon.Default.mergeOptions({{{options}}});"
    return f"{_script(_leaflet('leaflet.js'))}\n{own}"


@cache
def jquery_js() -> str:
    """The script of jQuery, which folium's popups use."""
    return _script(_asset("XStatic-jQuery", "jquery/data/jquery.min.js"))


def policy_tag(*, scripts: Sequence[str] = (), allow_images: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page: nothing may be fetched.

    Parameters
    ----------
    scripts : sequence of str
        Texts of the inline scripts; only these may then run. Without them any inline script may.
    allow_images : iterable of str
        Tile addresses whose hosts may be asked for pictures: for base maps that a user chose.
    """
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]
    hosts = sorted({_origin(url) for url in allow_images} - {""})
    rules = [
        "default-src 'none'",
        "script-src " + (" ".join(dict.fromkeys(hashes)) or "'unsafe-inline'"),
        "style-src 'unsafe-inline'",
        " ".join(["img-src data: blob:", *hosts]),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return ""
    host = re.sub(r"^[^.]*\{s\}[^.]*\.", "*.", parts.netloc)
    return f"{parts.scheme}://{host}" if re.fullmatch(r"[\w.*-]+(:\d+)?", host) else f"{parts.scheme}:"


# what folium links to by default: file name -> what stands in for it, or the sign that it is used
_KNOWN_JS = {"leaflet.js": leaflet_js, "jquery-3.7.1.min.js": jquery_js, "jquery.min.js": jquery_js}
_KNOWN_CSS = {"leaflet.css": leaflet_css}
_ONLY_IF = {
    "bootstrap.bundle.min.js": r"bootstrap\.",
    "bootstrap.min.js": r"bootstrap\.",
    "leaflet.awesome-markers.js": r"L\.AwesomeMarkers",
    "bootstrap.min.css": r"class=\\?[\"'][^\"']*\b(?:btn|navbar|modal|table-striped)\b",
    "bootstrap-theme.min.css": r"\bbtn-primary\b",
    "bootstrap-glyphicons.css": r"glyphicon-|\"prefix\": \"glyphicon\"",
    "all.min.css": r"\bfa-|\"prefix\": \"fa\"",
    "font-awesome.min.css": r"\bfa-|\"prefix\": \"fa\"",
    "leaflet.awesome-markers.css": r"L\.AwesomeMarkers",
    "leaflet.awesome.rotate.min.css": r"L\.AwesomeMarkers",
}

_LINK = re.compile(r"<link\b[^>]*?\bhref=[\"']([^\"']+)[\"'][^>]*>", re.I)
_SRC = re.compile(r"<script\b[^>]*?\bsrc=[\"']([^\"']+)[\"'][^>]*>\s*</script>", re.I)
_DATA = re.compile(r"<script type=\"application/json\".*?</script>", re.S)
_INLINE = re.compile(r"<script>(.*?)</script>", re.S | re.I)


def offline_html(html: str) -> tuple[str, list[str]]:
    """A page with its known assets inside, and what is left that would be fetched.

    Parameters
    ----------
    html : str
        A page as folium renders it.

    Returns
    -------
    (str, list of str)
        The page, and a description of each thing that can't be carried.

    Examples
    --------
    >>> page, left = offline_html('<head></head><script src="https://cdn.example/turf.js"></script>')
    >>> left
    ['script https://cdn.example/turf.js']
    """
    body = _DATA.sub("", _LINK.sub("", _SRC.sub("", html)))
    left: list[str] = []
    used_jquery = bool(re.search(r"(?<![\w.$])(?:\$|jQuery)\(", body))

    def script(match: re.Match[str]) -> str:
        name = urlsplit(match[1]).path.rsplit("/", 1)[-1]
        if name.startswith("jquery") and not used_jquery:
            return ""
        if name in _KNOWN_JS:
            return f"<script>{_KNOWN_JS[name]()}</script>"
        if name in _ONLY_IF and not re.search(_ONLY_IF[name], body):
            return ""
        left.append(f"script {match[1]}")
        return ""

    def sheet(match: re.Match[str]) -> str:
        name = urlsplit(match[1]).path.rsplit("/", 1)[-1]
        if name in _KNOWN_CSS:
            return f"<style>{_KNOWN_CSS[name]()}</style>"
        if not (name in _ONLY_IF and not re.search(_ONLY_IF[name], body)):
            left.append(f"style sheet {match[1]}")
        return ""

    html = _LINK.sub(sheet, _SRC.sub(script, html))
    left += [
        f"tiles {url}" for url in re.findall(r"L\.tileLayer(?:\.wms)?\(\s*[\"']((?:https?:)?//[^\"']+)", body)
    ]
    left += [
        f"picture {url}"
        for url in re.findall(r"<(?:img|iframe|video)\b[^>]*\bsrc=[\"']((?:https?:)?//[^\"']+)", body)
    ]
    left += [f"picture {url}" for url in re.findall(r"url\([\"']?((?:https?:)?//[^\"')]+)", body)]
    return _with_policy(html), list(dict.fromkeys(left))


def _with_policy(html: str) -> str:
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\s*', "", html)
    tag = policy_tag(scripts=_INLINE.findall(html))
    return re.sub(
        r"(<head>\s*(?:<meta http-equiv=\"content-type\"[^>]*>)?)", lambda m: f"{m[1]}\n{tag}", html, count=1
    )


def missing_assets(m: Any) -> list[str]:
    """What a map's page would fetch and `save` can't carry; empty for our own maps."""
    return offline_html(m.get_root().render())[1]


def _stable_names(html: str) -> str:
    """Folium's random names, numbered in order of appearance: same map, same bytes."""
    seen: dict[str, str] = {}
    return re.sub(
        r"(?<=_)[0-9a-f]{32}(?![0-9a-f])", lambda m: seen.setdefault(m[0], f"{len(seen):032x}"), html
    )


def _page_of(m: Any) -> Any:
    element = m._children.get("yrdgis_page")
    return None if element is None else element.page


def save(
    m: Any,
    path: str | os.PathLike[str],
    *,
    offline: bool = True,
    missing: str = "raise",
    key_in_page: bool = False,
) -> Path:
    """Write a map as one HTML file; the file appears only when it is whole.

    Parameters
    ----------
    m : folium.Map
        Ours, or any map of folium.
    path : path
        The file to write; its folder must exist.
    offline : bool
        True: all scripts, styles and pictures inside, and a policy that forbids every request. False: as
        folium writes it.
    missing : {"raise", "drop"}
        What to do about assets that can't be carried (tiles, scripts of plugins): refuse, naming them, or
        leave them out.
    key_in_page : bool
        Whether the key of an online base map is written into the file; only if asked for.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        If something can't be carried and ``missing`` is "raise"; the message names it all.
    OutputError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from yrdgis.maps import new_map
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(new_map("Test"), f"{folder}/test.html").name
    'test.html'
    """
    with key_written(_page_of(m), key_in_page):
        html = m.get_root().render()
    if offline:
        html, left = offline_html(html)
        if left and missing == "raise":
            text = all_at_once(
                "This map can't be saved for use without network", [f"{item} is not known" for item in left]
            )
            raise InputError(f'{text}\nTake these out, or save with missing="drop" (they will not be shown).')
        html = _with_policy(_stable_names(html))
    with atomic_write(path) as part:
        Path(part).write_text(html, encoding="utf-8", newline="\n")
    return Path(path)
