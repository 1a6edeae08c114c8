"""What there is to choose from, for tab completion: ``area.projects["…"]``, ``area.scenarios["…"]``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from yrdgis.io.cards import card, head
from yrdgis.scenarios import Scenario, named_scenarios

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers, Place, Resolver

__all__ = ["Places", "Projects", "Scenarios"]


class Projects:
    """The projects of an area: call it for a frame of those that fit, or take one by id or name.

    Parameters
    ----------
    layers : Layers

    Examples
    --------
    >>> import yrdgis as yg
    >>> area = yg.load()
    >>> area.projects(in_plan=True, mode="rail").crs.to_epsg()
    4326
    >>> area.projects["沪苏湖"]["project_id"].tolist()
    ['project:husuhu-hsr']
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers

    def __call__(
        self, *, in_plan: bool | None = None, mode: str | None = None, status: str | None = None
    ) -> gpd.GeoDataFrame:
        """Projects with their geometry, those that fit all that is asked.

        Parameters
        ----------
        in_plan : bool, optional
            Whether the plan names them.
        mode : str, optional
            ``rail``, ``road``, ``water``, ``port`` or ``air``.
        status : str, optional
            As in the layer: ``operating``, ``under_construction`` ...

        Returns
        -------
        geopandas.GeoDataFrame
            In EPSG:4326; a project without a place has no geometry.

        Raises
        ------
        InputError
            If the layer knows no such mode or status; those that it knows are named.
        """
        from yrdgis.errors import InputError, all_at_once
        from yrdgis.maps.projects import project_shapes

        found = project_shapes(self._layers)
        schema = self._layers.schema("projects")
        problems = []
        for column, wanted in (("in_plan", in_plan), ("mode", mode), ("status", status)):
            if wanted is None:
                continue
            allowed = schema[column].allowed
            if allowed and wanted not in allowed:
                problems.append(f"no {column} {wanted!r}; there are {', '.join(allowed)}")
                continue
            found = found[found[column] == wanted]
        if problems:
            raise InputError(all_at_once("projects", problems))
        return found

    def __getitem__(self, name: str) -> gpd.GeoDataFrame:
        from yrdgis.maps.projects import project_shapes
        from yrdgis.network.effects import project_ids

        own = project_ids(self._layers, [name])
        found = project_shapes(self._layers)
        return found[found["project_id"].isin(own)]

    def __contains__(self, name: object) -> bool:
        return _known(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers["projects"]["project_id"])

    def __len__(self) -> int:
        return len(self._layers["projects"])

    def __repr__(self) -> str:
        table = self._layers["projects"]
        told = ", ".join(
            f"{n} {str(status).replace('_', ' ')}" for status, n in table["status"].value_counts().items()
        )
        return f"<Projects: {len(table)}, {int(table['in_plan'].sum())} in the plan ({told})>"

    def _repr_html_(self) -> str:
        table = self._layers["projects"]
        by_status = table.groupby(["status", "mode"], sort=True).size().unstack(fill_value=0).reset_index()
        facts = [("项目", "projects", len(table)), ("规划点名", "in the plan", int(table["in_plan"].sum()))]
        note = ('area.projects["…"] 按 Tab 列出', 'press Tab inside area.projects["…"]')
        return card(("项目", "Projects"), facts, table=head(by_status, rows=len(by_status)), note=note)

    def _ipython_key_completions_(self) -> list[str]:
        table = self._layers["projects"]
        return [*table["project_id"], *(name for name in table["name_zh"] if name)]


class Scenarios:
    """The scenarios that have a name.

    Parameters
    ----------
    layers : Layers

    Examples
    --------
    >>> import yrdgis as yg
    >>> yg.load().scenarios["plan-eve"]
    <Scenario plan-eve 2019-12-01: as dated>
    """

    def __init__(self, layers: Layers) -> None:
        self._named = named_scenarios(layers)

    def __getitem__(self, name: str) -> Scenario:
        from yrdgis.errors import UnknownNameError

        if name not in self._named:
            raise UnknownNameError(f"No scenario is called {name!r}. There are: {', '.join(self._named)}.")
        return self._named[name]

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __repr__(self) -> str:
        return f"<Scenarios: {', '.join(f'{name} {one.date}' for name, one in self._named.items())}>"

    def _repr_html_(self) -> str:
        facts = [("", name, one.date) for name, one in self._named.items()]
        return card(("有名称的情景", "Named scenarios"), facts)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._named)


class Places:
    """The places of an area, by id or name, as a question door to door understands it.

    Parameters
    ----------
    resolver : Resolver

    Examples
    --------
    >>> import yrdgis as yg
    >>> yg.load().places["昆山"].id
    'district:320583'
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def __getitem__(self, name: str) -> Place:
        return self._resolver.resolve(name)

    def __contains__(self, name: object) -> bool:
        return _known(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._resolver.gazetteer.places)

    def __len__(self) -> int:
        return len(self._resolver.gazetteer.places)

    def __repr__(self) -> str:
        kinds = ((len(ids), kind) for kind, ids in self._resolver.gazetteer.of_kind.items())
        return f"<Places: {', '.join(f'{n} {kind}' for n, kind in kinds if n)}>"

    def _repr_html_(self) -> str:
        facts = [("", kind, len(ids)) for kind, ids in self._resolver.gazetteer.of_kind.items() if ids]
        note = ('area.places["…"] 按 Tab 列出', 'press Tab inside area.places["…"]')
        return card((f"{len(self):,} 个地点", f"{len(self):,} places"), facts, note=note)

    def _ipython_key_completions_(self) -> list[str]:
        places = self._resolver.gazetteer.places
        return [*places, *dict.fromkeys(place.name_zh for place in places.values() if place.name_zh)]


def _known(choices: Projects | Places, name: object) -> bool:
    from yrdgis.errors import YrdgisError

    try:
        choices[str(name)]
    except YrdgisError:
        return False
    return True
