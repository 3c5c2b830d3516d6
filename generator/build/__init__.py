"""From a manifest to a finished site: what is stale is run, kept, compared and published."""
