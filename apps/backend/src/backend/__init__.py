"""The API of finance report: accounts, entries, statement files and a report of the balances."""
