"""A design as it was drawn: its data, and how it is read from JSON."""
