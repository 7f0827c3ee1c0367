"""Notices by mail: written from our own templates, sent at most once, with an outcome that says what is certain."""
