"""Everything that is asked of Vault (or OpenBao): log in, prove, renew, and the administrator's commands."""
