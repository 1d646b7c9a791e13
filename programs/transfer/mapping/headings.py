"""What people write above a column, and the field that they mean by it."""

from .likeness import fold

HEADINGS = {
    "code": (
        "kode", "kode peserta", "no pendaftaran", "nomor pendaftaran", "no peserta",
        "nomor peserta", "no registrasi", "nomor registrasi", "no daftar", "nisn",
        "nis",
        "nim", "npm", "nip", "id peserta", "participant code", "registration number",
        "student number", "student id",
    ),
    "given_name": (
        "nama", "nama lengkap", "nama peserta", "nama siswa", "nama mahasiswa",
        "nama calon peserta", "nama peserta didik", "nama pendaftar", "nama depan",
        "nama lengkap sesuai ktp",
        "nama lengkap sesuai ijazah", "name", "full name", "given name", "first name",
    ),
    "family_name": (
        "nama belakang", "nama keluarga", "nama marga", "family name", "last name",
        "surname",
    ),
    "birth_date": (
        "tanggal lahir", "tgl lahir", "tgl. lahir", "ttl", "tempat tanggal lahir",
        "tempat dan tanggal lahir", "tempat tgl lahir", "tempat/tgl lahir",
        "tanggal kelahiran", "lahir", "date of birth", "birth date", "dob", "birthday",
    ),
    "sex": (
        "jenis kelamin", "jk", "l/p", "lp", "kelamin", "gender", "sex", "p/l",
        "jenis kelamin l/p",
    ),
    "citizenship": (
        "kewarganegaraan", "warga negara", "kebangsaan", "wni/wna", "wn", "citizenship",
        "nationality",
    ),
    "province_kemendagri": (
        "provinsi", "propinsi", "prov", "provinsi asal", "asal provinsi",
        "provinsi domisili", "alamat / provinsi", "domisili / provinsi", "province",
        "province of origin", "kode provinsi kemendagri",
    ),
    "province_bps": ("kode bps", "kode provinsi bps", "provinsi bps", "bps code"),
    "regency_kemendagri": (
        "kabupaten", "kabupaten/kota", "kab/kota", "kota/kabupaten", "kab kota",
        "kabupaten kota", "asal kabupaten", "regency", "alamat / kabupaten",
        "alamat / kab/kota",
    ),
    "home_institution": (
        "asal sekolah", "sekolah", "nama sekolah", "sekolah asal", "asal instansi",
        "instansi", "instansi asal", "lembaga", "lembaga asal", "lembaga pengirim",
        "asal lembaga", "perguruan tinggi", "universitas", "kampus", "politeknik",
        "asal kampus", "asal perguruan tinggi", "satuan pendidikan", "school",
        "home institution", "institution", "university",
    ),
    "registered_by": ("didaftarkan oleh", "pendaftar oleh", "registered by"),
    "nominated_by": (
        "pengusul", "diusulkan oleh", "lembaga pengusul", "nominated by", "sender",
    ),
    "kkni": (
        "kkni", "level kkni", "jenjang kkni", "pendidikan", "pendidikan terakhir",
        "jenjang", "jenjang pendidikan", "tingkat pendidikan", "strata", "ijazah",
        "education", "level of education", "qualification",
    ),
    "isced_f": (
        "isced", "isced f", "jurusan", "program studi", "prodi", "kompetensi keahlian",
        "program keahlian", "bidang studi", "bidang keahlian", "konsentrasi keahlian",
        "major", "field of study",
    ),
    "email": (
        "email", "e mail", "alamat email", "surel", "alamat surel", "email aktif",
        "email address",
    ),
    "nik": (
        "nik", "no ktp", "nomor ktp", "no nik", "nomor induk kependudukan", "ktp",
        "nik ktp", "no identitas", "national id",
    ),
    "passport": (
        "paspor", "no paspor", "nomor paspor", "passport", "passport number",
        "passport no",
    ),
    "disability": (
        "disabilitas", "penyandang disabilitas", "ragam disabilitas",
        "jenis disabilitas", "disability",
    ),
    "skills": ("keterampilan", "keahlian", "kompetensi", "skills"),
    "languages": ("bahasa", "languages"),
    "certificate": (
        "sertifikat bahasa", "level bahasa", "kemampuan bahasa", "jlpt", "level jlpt",
        "hsk", "topik", "toeic", "toefl", "ielts", "skor toeic", "nilai jlpt",
        "bahasa jepang", "sertifikat jlpt", "sertifikat bahasa jepang",
        "language certificate", "language level",
    ),
    "certificate_day": (
        "tanggal sertifikat", "tgl sertifikat", "tanggal ujian", "tgl ujian",
        "tanggal jlpt", "tanggal tes", "tanggal terbit sertifikat", "certificate date",
        "test date",
    ),
    "intake": ("angkatan", "gelombang", "batch", "intake", "kode angkatan"),
    "team": ("tim", "kelompok", "regu", "team", "group"),
    "merit_score": (
        "nilai", "skor", "nilai akhir", "nilai seleksi", "skor seleksi", "nilai tes",
        "nilai rata rata", "total nilai", "score", "merit score", "final score",
    ),
    "carry_over_points": ("poin bawaan", "carry over points"),
    "source": ("sumber dana", "sumber", "sumber anggaran", "funding source"),
    "fiscal_year": ("tahun anggaran", "tahun", "fiscal year", "year"),
    "amount": ("pagu", "jumlah", "jumlah rp", "biaya", "nilai rp", "amount"),
    "currency": ("mata uang", "currency"),
    "category": ("kategori", "kategori biaya", "komponen biaya", "category"),
    "program": ("program", "kode program"),
    "host": ("tuan rumah", "lembaga penerima", "perusahaan", "mitra", "host"),
    "city": ("kota", "kota penempatan", "city"),
    "country": ("negara", "negara tujuan", "country"),
    "role_title_id": ("posisi", "jabatan", "nama formasi", "role title"),
    "starts_on": ("mulai", "tanggal mulai", "tgl mulai", "start date"),
    "ends_on": ("selesai", "tanggal selesai", "tgl selesai", "sampai", "end date"),
    "capacity_min": ("kuota minimal", "minimal", "minimum seats"),
    "capacity_max": ("kuota", "jumlah formasi", "kapasitas", "kuota maksimal", "seats"),
    "work_language": ("bahasa kerja", "working language"),
}  # fmt: skip
"""{field: headings in Indonesian and English}; of slots and money the own names."""
RANKS = ("pertama", "kedua", "ketiga", "keempat", "kelima", "keenam")
for _rank, _word in enumerate(RANKS, start=1):
    HEADINGS[f"choice_{_rank}"] = (
        f"pilihan {_rank}", f"pilihan {_word}", f"prioritas {_rank}",
        f"formasi {_rank}", f"pilihan ke {_rank}", f"choice {_rank}",
        f"preference {_rank}", f"peminatan {_rank}",
        f"pilihan program {_rank}", f"pilihan formasi {_rank}",
    )  # fmt: skip
HEADINGS["choice_1"] += ("pilihan", "formasi", "formasi pilihan", "choice", "slot")
NOTHING = {
    "no", "nomor", "no urut", "nomor urut", "number", "no hp", "nomor hp", "no telp",
    "nomor telepon", "no wa", "nomor wa", "whatsapp", "telepon", "phone", "alamat",
    "alamat lengkap", "keterangan", "ket", "catatan", "timestamp", "cap waktu", "foto",
    "tanda tangan", "umur", "usia", "agama", "address", "remarks", "notes", "age",
    "nama ayah", "nama ibu", "nama orang tua", "nama wali", "tempat lahir", "errors",
}  # fmt: skip
"""Headings of columns that no field takes."""
MEANT = {fold(text): name for name, texts in HEADINGS.items() for text in texts}


def is_known(text):
    """Return whether a text is one that people write above a column."""
    folded = fold(text)
    return folded in MEANT or folded in NOTHING or folded.replace(" ", "_") in HEADINGS
