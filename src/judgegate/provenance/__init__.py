"""Who wrote the change: what says that an AI helped, where it says so, and for which lines."""
