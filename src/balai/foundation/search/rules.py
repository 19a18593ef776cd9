"""Words as they are compared: the same for what is stored and for what is asked."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

LEAST = 3  # letters; a shorter word hits too much to be an answer
MOST_TERMS = 12

SHORT_FORMS = {
    "jl": "jalan",
    "jln": "jalan",
    "kel": "kelurahan",
    "kec": "kecamatan",
    "rt": "rukun tetangga",
    "rw": "rukun warga",
    "gg": "gang",
    "no": "nomor",
}
STOP_WORDS = frozenset(
    [
        "ada",
        "adalah",
        "agar",
        "akan",
        "aku",
        "anda",
        "apa",
        "atau",
        "bagi",
        "bahwa",
        "bila",
        "bisa",
        "dan",
        "dalam",
        "dari",
        "dengan",
        "di",
        "hanya",
        "harus",
        "ia",
        "ini",
        "itu",
        "jika",
        "juga",
        "kalau",
        "kami",
        "kamu",
        "karena",
        "ke",
        "kepada",
        "kita",
        "lagi",
        "lah",
        "maka",
        "mereka",
        "mohon",
        "oleh",
        "pada",
        "para",
        "sangat",
        "saya",
        "sebagai",
        "sedang",
        "sehingga",
        "sejak",
        "seperti",
        "serta",
        "suatu",
        "sudah",
        "supaya",
        "telah",
        "tetapi",
        "tapi",
        "tersebut",
        "tolong",
        "untuk",
        "yaitu",
        "yakni",
        "yang",
    ]
)
# stems that the stemmer misses, each with the words of reports that belong to it: it cannot give a "t" or "k" back
# that "men-" and "meng-" swallowed, and takes "-kan" or "-lah" away where they are no endings
_MISSED = {
    "kering": "mengering mengeringkan pengeringan",
    "pelihara": "pelihara memelihara pemeliharaan dipelihara",
    "sekolah": "sekolah bersekolah sekolahan",
    "selokan": "selokan",
    "tambal": "menambal penambalan",
    "tanam": "menanam penanaman",
    "tangan": "menangani penanganan tertangani ditangani",
    "tebang": "menebang penebangan",
    "terang": "penerangan menerangi penerang",
    "tumpuk": "tumpuk menumpuk penumpukan tumpukan bertumpuk ditumpuk",
    "tutup": "menutup menutupi penutupan penutup",
}
EXCEPTIONS = {word: root for root, words in _MISSED.items() for word in words.split()}

_WORD = re.compile(r"[a-z0-9]+")
_stemmer = snowballstemmer.stemmer("indonesian")


class NothingToSearch(Exception):
    """No word of at least three letters that says something is left of the question."""


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of one word in lower case; numbers stay as they are."""
    if word in EXCEPTIONS:
        return EXCEPTIONS[word]
    return word if word.isdigit() else str(_stemmer.stemWord(word))


def _terms(text: str) -> list[str]:
    # both databases fold letters in their own way: here both get the same plain ones
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    full = (word for short in _WORD.findall(plain) for word in SHORT_FORMS.get(short, short).split())
    return [stem(word) for word in full if word not in STOP_WORDS]


def normalise(text: str) -> str:
    """Return the stems of a text, separated by spaces, each once, in the order of the text."""
    return " ".join(dict.fromkeys(_terms(text)))


def query_terms(text: str) -> tuple[str, ...]:
    """Return the stems that an object must have all of, at most twelve.

    Words below three letters are passed over; numbers of any length count, but not alone ("RT 5", not "5").

    :raises NothingToSearch: when no word is left.
    """
    terms = [term for term in dict.fromkeys(_terms(text)) if len(term) >= LEAST or term.isdigit()]
    if not any(len(term) >= LEAST for term in terms):
        raise NothingToSearch
    return tuple(terms[:MOST_TERMS])
