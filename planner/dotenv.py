"""``python -m planner.dotenv`` writes the secrets an installation lacks into ``.env``.

Standard library only: it runs before the project can be configured.
"""

import base64
import os
import secrets
from pathlib import Path

#: What each secret protects, and what losing or changing it costs.
SECRETS = {
    "SECRET_KEY": "signs sessions and links; changing it signs everybody out",
    "SECURED_FIELDS_KEY": (
        "encrypts national ids, disability and second factors; losing it loses them"
    ),
    "NIK_HASH_KEY": "makes national ids searchable; changing it needs rotate_keys",
    "DEMO_PASSWORD": "opens the demo's logins; unused unless DEMO is on",
}


def new_secret(name):
    """Return a fresh secret in the form the named setting expects."""
    if name == "SECURED_FIELDS_KEY":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if name == "DEMO_PASSWORD":
        return secrets.token_hex(4)  # typed by hand, on one's own machine only
    return secrets.token_urlsafe(48)


def write_missing_secrets(path):
    """Append the secrets that the file lacks; return the names it wrote.

    Only the owner may read the file. What is already there is never touched.
    """
    path = Path(path)
    present = path.read_text() if path.exists() else ""
    known = {line.partition("=")[0].strip() for line in present.splitlines()}
    missing = [name for name in SECRETS if name not in known]
    if missing:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w") as file:
            if present and not present.endswith("\n"):
                file.write("\n")
            for name in missing:
                file.write(f"# {SECRETS[name]}\n{name}={new_secret(name)}\n")
    return missing


if __name__ == "__main__":
    target = Path(os.environ.get("ENV_FILE", ".env"))
    written = write_missing_secrets(target)
    print(f"{target}: {'wrote ' + ', '.join(written) if written else 'complete'}")
