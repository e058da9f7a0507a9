"""Several of Django's commands in one process: each start of Django would cost a second or more.

`python -m devkit.many '[["migrate", "--noinput"], ["seed_demo"]]'`, started by `steps.manage_many`.
"""

import json
import sys

NEXT = "\x1e"  # the record separator: no command prints it


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    for number, (name, *arguments) in enumerate(json.loads(sys.argv[1])):
        print(NEXT, flush=True)
        # Django's own checks once: a wrong model or policy must stop a start.
        call_command(name, *arguments, skip_checks=number > 0)


if __name__ == "__main__":
    main()
