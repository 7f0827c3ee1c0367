"""Who acts on a fact: one Faust agent per file; decode, call the domain, emit; no rule of business."""
