"""Mail, SMS and robots: not built yet; the floor is reserved."""
