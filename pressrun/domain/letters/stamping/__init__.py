"""Compiled designs: assembled once, stamped for each recipient, stored."""
