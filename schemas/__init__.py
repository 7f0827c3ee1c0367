"""What is said on the log: frozen, versioned records, one JSON example each; no behaviour beyond validation."""
