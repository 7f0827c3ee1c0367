"""How facts are carried: App, blocks, topics, codec, producer, topology, development broker; no rule of business."""
