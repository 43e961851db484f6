"""The `strata` command: what an operator asks and does around `pulumi up`."""
