"""Measures on a network: skims, paths, and what is made from them."""
