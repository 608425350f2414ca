"""Where daily spend goes: short series → a model that beats the seasonal naive, and a band by simulated paths."""
