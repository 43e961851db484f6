"""What can be looked at without changing anything: compose files, workflows, addresses; one table."""
