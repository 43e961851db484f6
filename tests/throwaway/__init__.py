"""What tests make on a Docker Engine and throw away: whose it is, what is left of it, and its removal.

Every suite that starts Compose projects of its own marks what they have with the process that owns them;
a suite's start removes what processes have left that do not run any more.
"""
