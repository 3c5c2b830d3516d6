"""Rules across the keys of a manifest: each file finds the mistakes of one kind."""
