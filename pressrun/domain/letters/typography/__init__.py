"""Text: shaped, measured, laid out as Fabric does, and written."""
