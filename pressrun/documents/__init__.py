"""Writes the parts of the documentation that the code knows best; a tool of the checkout, left out of the wheel."""
