"""Whether the gates at GitHub are those that are declared (G4); GitHub is asked directly, nothing is changed.

A refresh does not see reviewers that were removed by hand nor a policy that somebody added (provider 6.15,
read 2026-11-22), and the state says nothing of secrets that someone put beside Vault.
"""
