"""What labels that came back say: objectives, and whether a drift costs anything."""
