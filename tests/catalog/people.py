from core.actors import Actor

OWNER = Actor("user:1 owner@example.com")
