"""Every prompt of a file, or every second, fourth, eighth …: as many as memory is given for."""

from dataclasses import dataclass, field
from typing import Final

from planner.prompts.prompt import Prompt

MOST_PROMPTS: Final = 2000
MOST_CHARACTERS: Final = 16 * 2**20


@dataclass(slots=True)
class Sample:
    """Prompts at equal distances, which double whenever there are too many of them."""

    prompts: list[Prompt] = field(default_factory=list)
    step: int = 1
    """Distance between two of them."""
    seen: int = 0
    _characters: int = 0

    def add(self, prompt: Prompt) -> None:
        """One more prompt of the file."""
        if self.seen % self.step == 0:
            self.prompts.append(prompt)
            self._characters += prompt.characters + len(prompt.answer)
        self.seen += 1
        while len(self.prompts) > 1 and (len(self.prompts) > MOST_PROMPTS or self._characters > MOST_CHARACTERS):
            self.prompts = self.prompts[::2]
            self.step *= 2
            self._characters = sum(prompt.characters + len(prompt.answer) for prompt in self.prompts)
