"""How much two names are alike: folded text and the Dice coefficient of trigrams.

The coefficient is twice the shared trigrams over all of both (as in PostgreSQL's
``pg_trgm``, with another denominator). Numbers are told apart exactly: SMKN 1 and
SMKN 2 differ in one letter, and are two schools.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache

SHORT = {
    "negeri": "n",
    "smkn": "smk n",
    "sman": "sma n",
    "man": "ma n",
    "politeknik": "poltek",
    "universitas": "univ",
    "university": "univ",
    "institut": "inst",
    "institute": "inst",
    "kabupaten": "kab",
    "kotamadya": "kota",
    "sekolah menengah kejuruan": "smk",
    "sekolah menengah atas": "sma",
    "propinsi": "",
    "provinsi": "",
    "prov": "",
}
"""Words of names that are written long and short."""
WORDS = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, SHORT), key=len, reverse=True)) + r")\b"
)
OTHER_NUMBER = 0.5
"""What is left of a likeness where the numbers differ."""


@lru_cache(maxsize=50_000)
def fold(text):
    """Return a text without case, marks, punctuation and double spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", re.sub("['’ʼ`´]", "", kept)).split())


@lru_cache(maxsize=50_000)
def fold_name(text):
    """Return a folded name in which long and short spellings are one."""
    apart = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", fold(text))
    return " ".join(WORDS.sub(lambda word: SHORT[word[1]], apart).split())


def trigrams(text):
    """Return the trigrams of a folded text, its words padded by blanks."""
    padded = f"  {text.replace(' ', '  ')} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))


def numbers(text):
    """Return the numbers in a text, without leading zeros."""
    return sorted(word.lstrip("0") for word in re.findall(r"\d+", text))


class Names:
    """Names of things, to find those that are like a given text.

    Parameters
    ----------
    names: pairs of (code, name); a code may have several names.
    """

    def __init__(self, names):
        self.exact = defaultdict(set)
        self._texts, self._having = [], defaultdict(list)
        for code, name in names:
            if text := fold_name(name):
                self.exact[text].add(code)
                self._add(code, text)

    def _add(self, code, text):
        grams = trigrams(text)
        place = len(self._texts)
        self._texts.append((code, numbers(text), sum(grams.values())))
        for gram, times in grams.items():
            self._having[gram].append((place, times))

    def nearest(self, text, most=3, least=0.3):
        """Return [(code, likeness)] of the codes whose names are most like a text."""
        wanted, shared = fold_name(text), Counter()
        grams, own = trigrams(wanted), numbers(wanted)
        for gram, times in grams.items():
            for place, theirs in self._having.get(gram, ()):
                shared[place] += min(times, theirs)
        best, size = {}, sum(grams.values())
        for place, count in shared.items():
            code, their_numbers, length = self._texts[place]
            likeness = 2 * count / (size + length)
            if their_numbers != own:
                likeness *= OTHER_NUMBER
            best[code] = max(likeness, best.get(code, 0))
        ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(code, score) for code, score in ranked[:most] if score >= least]
