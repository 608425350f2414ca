"""Tokens of texts: counted with a tokenizer, or estimated from their bytes; a batch of samples at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from planner.errors import SetupError
from planner.space.dataset_places import NamedFileError
from planner.space.dataset_rows import Texts

BYTES_PER_TOKEN: Final = 4.0
"""UTF-8 bytes of a token: 3.5 to 4.5 for English and code with vocabularies of 100k, less for other languages [E]."""
MAX_TOKENIZER: Final = 256 * 2**20

Count = Callable[[Sequence[Texts]], list[tuple[float, float]]]
"""Samples → for each, tokens of all its texts and of those learned from; no template tokens."""


def from_bytes(samples: Sequence[Texts]) -> list[tuple[float, float]]:
    """Tokens as a share of the UTF-8 bytes."""
    found = []
    for texts in samples:
        total = learned = 0
        for text, is_learned in texts:
            size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
            total += size
            learned += size if is_learned else 0
        found.append((total / BYTES_PER_TOKEN, learned / BYTES_PER_TOKEN))
    return found


def with_tokenizer(path: Path, written: str) -> Count:
    """Tokens as the tokenizer in this file cuts them; raises NamedFileError when it is none."""
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError as error:
        message = "counting with a tokenizer needs the package tokenizers: pip install 'finetune-planner[tokens]'"
        raise SetupError(message) from error
    if path.stat().st_size > MAX_TOKENIZER:
        message = f"{written!r} is larger than {MAX_TOKENIZER // 2**20} MiB"
        raise NamedFileError(message, "name a tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        message = f"{written!r} is no tokenizer: {error}"
        raise NamedFileError(message, "name the tokenizer.json that is published beside the model") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(samples: Sequence[Texts]) -> list[tuple[float, float]]:
        flat = [_sound(text) for texts in samples for text, _ in texts]
        sizes = iter([len(one) for one in tokenizer.encode_batch_fast(flat, add_special_tokens=False)])
        found = []
        for texts in samples:
            cut = [(next(sizes), learned) for _, learned in texts]
            found.append((float(sum(n for n, _ in cut)), float(sum(n for n, learned in cut if learned))))
        return found

    return count


def _sound(text: str) -> str:
    """The text without lone surrogates, which JSON can write and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
