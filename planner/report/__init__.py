"""Reports: a Plan becomes plain printable data, charts, and then html, pdf, markdown or terminal text."""
