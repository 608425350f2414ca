"""Price lists fetched from providers, dated snapshots of them, and their history; the network only when asked for."""
