"""The decks' numbers and errata, as TOML: read them through `autograder.decks`."""
