"""A place of its own for an error."""


def doomed():
    return 1 / 0
