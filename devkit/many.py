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
    call_command("check")  # once, for all: a model without its policy must stop a start
    for name, *arguments in json.loads(sys.argv[1]):
        print(NEXT, flush=True)
        call_command(name, *arguments)


if __name__ == "__main__":
    main()
