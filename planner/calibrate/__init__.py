"""Constants fitted to measured runs: of the literature for everybody, of a user's own runs for an overlay."""
