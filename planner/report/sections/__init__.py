"""The parts that reports share: rows, bars, words, the neighbours of a decision."""
