"""Words that people write for what has a code: {code: other words for it}."""

from programs.choices import Disability, Sex

SEX = {
    Sex.FEMALE.value: ("perempuan", "p", "pr", "wanita", "female", "f", "putri"),
    Sex.MALE.value: ("laki-laki", "l", "lk", "pria", "male", "m", "laki laki", "putra"),
}
DISABILITY = {
    "none": ("tidak", "tidak ada", "non disabilitas", "bukan", "no", "none", "nihil"),
    Disability.PHYSICAL.value: ("fisik", "tuna daksa", "daksa", "physical"),
    Disability.SENSORY.value: (
        "sensorik", "tuna rungu", "tuna netra", "tuna wicara", "rungu", "netra",
    ),
    Disability.INTELLECTUAL.value: ("intelektual", "tuna grahita", "grahita"),
    Disability.MENTAL.value: ("mental", "psikososial"),
    Disability.MULTIPLE.value: ("ganda", "multi"),
}  # fmt: skip
KKNI = {
    "1": ("sd", "smp", "sekolah dasar"),
    "2": (
        "sma", "smk", "ma", "mak", "slta", "sma/smk", "smk/sma", "sma sederajat",
        "smk sederajat", "sma/smk sederajat", "smu", "stm", "paket c", "sma/smk/ma",
    ),
    "3": ("d1", "d-i", "di", "diploma 1", "diploma i", "diploma satu"),
    "4": ("d2", "d-ii", "dii", "diploma 2", "diploma ii", "diploma dua"),
    "5": ("d3", "d-iii", "diii", "diploma 3", "diploma iii", "diploma tiga"),
    "6": (
        "d4", "d-iv", "div", "s1", "s-1", "strata 1", "sarjana", "sarjana terapan",
        "diploma 4", "diploma iv", "d4/s1", "s1/d4", "bachelor",
    ),
    "7": ("profesi", "pendidikan profesi"),
    "8": ("s2", "s-2", "magister", "strata 2", "master", "magister terapan", "s2/sp1"),
    "9": ("s3", "s-3", "doktor", "strata 3", "doctor", "phd"),
}  # fmt: skip
"""Levels by the schools that end there (Perpres 8/2012)."""
COUNTRIES = {
    "ID": ("wni", "warga negara indonesia", "indonesian", "idn", "republik indonesia"),
    "MY": ("malaysian", "mys"),
    "JP": ("jepang", "japanese", "jpn"),
    "CN": ("cina", "china", "tiongkok", "chinese", "chn", "rrt"),
    "TW": ("taiwan", "twn"),
    "KR": ("korea selatan", "korea", "korean", "kor"),
    "DE": ("jerman", "german", "deu"),
    "SG": ("singapura", "singaporean", "sgp"),
    "TL": ("timor leste", "timor timur"),
}  # fmt: skip
PROVINCES = {
    "11": ("nad", "nanggroe aceh darussalam", "daerah istimewa aceh"),
    "12": ("sumut",),
    "13": ("sumbar",),
    "16": ("sumsel",),
    "19": ("babel", "bangka belitung", "kep bangka belitung"),
    "21": ("kepri", "kep riau"),
    "31": ("dki", "jakarta", "dki jakarta", "daerah khusus jakarta", "dkj"),
    "32": ("jabar", "west java"),
    "33": ("jateng", "central java"),
    "34": ("diy", "yogyakarta", "jogja", "yogya", "jogjakarta", "di yogyakarta"),
    "35": ("jatim", "east java"),
    "52": ("ntb",),
    "53": ("ntt",),
    "61": ("kalbar",),
    "62": ("kalteng",),
    "63": ("kalsel",),
    "64": ("kaltim",),
    "65": ("kaltara",),
    "71": ("sulut",),
    "72": ("sulteng",),
    "73": ("sulsel",),
    "74": ("sultra",),
    "76": ("sulbar",),
    "82": ("malut",),
}
"""By Kemendagri's codes."""
FIELDS_OF_STUDY = {
    "0411": ("akuntansi", "accounting", "akuntansi dan keuangan lembaga"),
    "0413": ("manajemen", "administrasi perkantoran", "manajemen perkantoran"),
    "0414": ("pemasaran", "bisnis daring dan pemasaran", "bisnis digital"),
    "0521": ("ilmu lingkungan", "teknik lingkungan"),
    "0531": ("kimia", "chemistry"),
    "0533": ("fisika", "physics"),
    "0541": ("matematika", "mathematics"),
    "0542": ("statistika", "statistics"),
    "0612": (
        "teknik komputer dan jaringan", "tkj", "jaringan komputer", "sistem informasi",
        "teknik jaringan komputer dan telekomunikasi", "tjkt",
    ),
    "0613": (
        "rekayasa perangkat lunak", "rpl", "teknik informatika", "informatika",
        "ilmu komputer", "computer science", "pengembangan perangkat lunak dan gim",
        "pplg", "software engineering",
    ),
    "0711": ("teknik kimia", "kimia industri", "analis kimia", "chemical engineering"),
    "0713": (
        "teknik elektro", "teknik listrik", "teknik instalasi tenaga listrik", "titl",
        "listrik", "electrical engineering", "teknik ketenagalistrikan",
    ),
    "0714": (
        "teknik elektronika", "elektronika", "elektronika industri", "mekatronika",
        "teknik mekatronika", "otomasi industri", "audio video",
        "teknik telekomunikasi",
        "teknik elektronika industri", "teknik otomasi industri", "electronics",
        "teknik audio video",
    ),
    "0715": (
        "teknik mesin", "mesin", "teknik pemesinan", "pemesinan", "teknik pengelasan",
        "pengelasan", "las", "teknik fabrikasi logam", "mechanical engineering",
        "teknik mekanik industri", "teknik manufaktur",
    ),
    "0716": (
        "teknik kendaraan ringan", "tkr", "otomotif", "teknik otomotif", "tkro",
        "teknik sepeda motor", "teknik bisnis sepeda motor", "tbsm",
    ),
    "0721": ("teknologi pangan", "pengolahan hasil pertanian", "aphp"),
    "0722": ("teknik material", "ilmu material", "teknik metalurgi"),
    "0724": ("teknik pertambangan", "geologi pertambangan"),
    "0731": ("arsitektur", "desain pemodelan dan informasi bangunan", "dpib"),
    "0732": ("teknik sipil", "konstruksi", "bangunan", "civil engineering"),
    "0811": ("agribisnis tanaman", "agroteknologi", "pertanian"),
    "0913": ("keperawatan", "asisten keperawatan", "nursing"),
    "0916": ("farmasi", "pharmacy"),
    "1013": ("tata boga", "kuliner", "jasa boga", "perhotelan dan kuliner"),
    "1015": ("perhotelan", "pariwisata", "usaha perjalanan wisata"),
}  # fmt: skip
"""Fields of study of vocational schools and faculties, by ISCED-F 2013."""
