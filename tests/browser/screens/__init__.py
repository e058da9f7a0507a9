"""The pictures of the documents: what is looked at, and the camera."""
