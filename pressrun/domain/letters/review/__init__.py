"""Looking before printing: what a design uses, who stresses it, what would go wrong."""
