#!/usr/bin/env python
"""The command line of the planner: ``manage.py help`` lists what it can do."""

import os
import sys


def main():
    """Run one command; a wrong setting is told in one line, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Settings: {error}")


if __name__ == "__main__":
    main()
