"""Pictures: read, filtered, and kept as a PDF keeps them."""
