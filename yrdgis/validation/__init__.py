"""Model against observation: published times and distances, the fit to them, and how far it is off."""

from yrdgis.validation.observed import Observed, observed_in_layers, read_observed

__all__ = ["Observed", "observed_in_layers", "read_observed"]
