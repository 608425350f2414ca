"""What is unlike what it usually is: spikes, drops, levels and leaks, each told once and explained."""
