"""QR codes and Code 128."""
