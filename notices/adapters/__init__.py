"""One way to tell a file: `compose` makes the call of a letter, `refusal_in` reads the answer."""
