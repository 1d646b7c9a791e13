#!/usr/bin/env python
"""The command line of the planner: ``manage.py help`` lists what it can do."""

import os
import sys

from planner.environment import told_in_one_line


def main():
    """Run one command; a wrong setting is told in one line, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    with told_in_one_line():
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
