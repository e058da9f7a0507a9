"""One way to tell a file: it makes the call of a letter, or sends it, and says what was refused."""
