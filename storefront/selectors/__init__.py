"""What the pages show, read from the apps below and put into the reader's words."""
