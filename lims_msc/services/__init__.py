"""Use cases: they take a session and an actor, never commit, and never see a request."""
