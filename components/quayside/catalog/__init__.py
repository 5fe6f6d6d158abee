"""What the vendors sell: prices, each with its source and date, and the room that a node leaves to pods. It knows nothing of settings."""
