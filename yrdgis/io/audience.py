"""Who may see what: attributes of a layer are for the public, or for internal use only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError

if TYPE_CHECKING:
    from yrdgis.io.schema import Schema

__all__ = ["for_audience"]


def for_audience(frame: Any, schema: Schema, audience: str) -> Any:
    """Frame with the attributes that an audience may see.

    Where the position itself is internal (``lon`` and ``lat`` are), the public gets no geometry either: what
    is left is a table that names the district.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Rows of the layer.
    schema : Schema
        Its schema.
    audience : {"public", "internal"}
        Who it is for.

    Raises
    ------
    InputError
        If there is no such audience.

    Examples
    --------
    >>> import pandas as pd
    >>> from yrdgis.io.schema import Attribute, Schema
    >>> depth = Attribute("depth_m", "float", audience="internal")
    >>> schema = Schema("waterways", (Attribute("name", "string"), depth))
    >>> list(for_audience(pd.DataFrame({"name": ["a"], "depth_m": [3.0]}), schema, "public").columns)
    ['name']
    """
    if audience not in ("public", "internal"):
        raise InputError(f"No audience {audience!r}. There are: public, internal.")
    visible = set(schema.visible_to(audience))
    hidden = [column for column in frame.columns if column in schema and column not in visible]
    shown = frame.drop(columns=hidden)
    if hasattr(frame, "geometry") and {"lon", "lat"} & set(hidden):
        import pandas as pd

        return pd.DataFrame(shown.drop(columns=frame.geometry.name))
    return shown
