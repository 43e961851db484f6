"""From a commit that staging proved to a release: evidence, tags, records, the way back."""
