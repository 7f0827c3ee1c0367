"""Measurements of pressrun, each beside a baseline in the same run; never in the wheel."""
