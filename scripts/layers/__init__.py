"""Builders of the layers: each module turns facts into files of its own layers."""
