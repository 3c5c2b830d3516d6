"""The manifest's keys: what each may hold, and a manifest whose keys are all right."""
