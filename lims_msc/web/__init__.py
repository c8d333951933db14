"""The pages: parse the request, call a service, render."""
