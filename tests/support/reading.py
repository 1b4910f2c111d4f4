"""How hard a text is to read: the Flesch-Kincaid grade, about the school year that reads it with ease."""

from __future__ import annotations

import re

HIGHEST = 6.0


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    if re.search(r"[^aeiouyl]e$", word.lower()) and groups > 1:
        groups -= 1
    return max(groups, 1)


def grade(text: str) -> float:
    """Flesch-Kincaid grade. A line without an end counts as a sentence: headings and labels are read as such."""
    sentences = [part for part in re.split(r"[.!?:]+\s|\n", text) if re.search(r"[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z']+", text)
    count = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * count / len(words) - 15.59
