"""A dataset's profile: period, gaps, quality codes, drift, traces and laws, in one pass of rows."""
