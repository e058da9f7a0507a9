"""Three made-up shops with thirty days of business, for whoever looks at the project first."""
