"""Objects as PDF operators: paint, outlines, clips, shadows, groups."""
