"""The grammar, a room for each feature: what stands side by side becomes a condition, a measure, a group, an order."""
