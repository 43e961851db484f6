"""What surrounds a preview's `pulumi up` and `destroy`: deciding, pinning, telling, clearing up."""
