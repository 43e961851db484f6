"""What a change would do to the standing stacks: `pulumi preview` of each, for those who review it."""
