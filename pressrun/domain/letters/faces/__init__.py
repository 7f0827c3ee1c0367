"""Fonts: found, cut to what a batch needs, and embedded."""
