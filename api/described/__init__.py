"""What the API says of itself: its description (OpenAPI 3.1), and the texts of its portal."""
