"""How a value gets to Vault without a trace: not in the shell's history, not among a process's arguments."""

_FROM_FILE = {"GITHUB_APP_PRIVATE_KEY": "app.private-key.pem"}
_PLAIN = {"GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "DOKPLOY_URL", "AWS_REGION", "PULUMI_BACKEND_URL"}


def write_command(mount: str, path: str, key: str, *, first: bool) -> str:
    """The command that writes one key.

    Args:
        mount: of the KV engine.
        path: below it.
        key: its name.
        first: whether nothing was ever written there: `patch` needs something to change.
    """
    bao = f"bao kv {'put' if first else 'patch'} -mount={mount} {path}"
    if file := _FROM_FILE.get(key):
        return f"{bao} {key}=@{file}"
    # what is no secret may be seen while it is typed
    ask = "read -r VALUE" if key in _PLAIN else "read -rs VALUE"
    return f'{ask} && printf %s "$VALUE" | {bao} {key}=-; unset VALUE'
