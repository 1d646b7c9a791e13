"""Five sheets as coordinators have them: each shows several troubles at once.

Each function returns the bytes of a file. The people are made up; their schools are
those of the small world of files, and some that nobody knows.
"""

import csv
import io
import re
import zipfile
from datetime import date

import openpyxl

NAMES = (
    "Sari Wulandari",
    "Budi Santoso",
    "Yohanes Bria",
    "Zoë Anggraini",
    "Ni Luh Ayu",
)
SCHOOL = "SMK Negeri 1 Cimahi"
UNKNOWN = "SMK N 1 Batam"


def from_a_form():
    """Answers of a web form: a timestamp first, a place before the day of birth.

    NIKs are spaced, dotted, and in number cells that lost their last digit; a hidden
    sheet holds last year's answers.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        [
            "Cap waktu",
            "Alamat Email",
            "Nama Lengkap sesuai KTP",
            "NIK",
            "Tempat, Tanggal Lahir",
            "Jenis Kelamin",
            "Kewarganegaraan",
            "Provinsi Asal",
            "Asal Sekolah",
            "Pendidikan Terakhir",
            "Jurusan",
            "Nomor HP",
        ]
    )
    niks = ["3277 0557 0503 0001", "32.77.05.180504.0002", 3277051905050003]
    births = ["Bandung, 17 Mei 2003", "Cimahi, 18-05-2004", "Kupang, 19/05/2005"]
    for place, (name, nik, birth) in enumerate(zip(NAMES, niks, births, strict=False)):
        sheet.append(
            [
                "21/11/2026 10.15.32",
                f"orang{place}@contoh.id",
                name,
                nik,
                birth,
                "Perempuan" if place == 0 else "Laki-laki",
                "WNI",
                ("Jawa Barat", "JABAR", "NTT")[place],
                ("SMKN 1 Cimahi", "smk negeri 1 cimahi", "SMK N 1 CIMAHI")[place],
                ("SMK", "SMK/SMA", "D3")[place],
                ("Teknik Elektronika", "RPL", "Teknik Mesin")[place],
                "0812-0000-0000",
            ]
        )
    old = book.create_sheet("tahun lalu")
    old.append(["Nama", "NIK"])
    old.append(["Orang Lama", "1"])
    old.sheet_state = "hidden"
    return _bytes(book)


def from_a_school():
    """A recapitulation to be signed: title, heading of two rows, numbers, totals.

    Cells are merged across the title and the heading and down over each school; two
    rows are hidden; the sheet states a size of one cell.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "REKAPITULASI CALON PESERTA MAGANG"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "TAHUN 2027"
    heading = [
        "No",
        "Nama Siswa",
        "L/P",
        "Tgl. Lahir",
        "Alamat",
        "",
        "Sekolah",
        "Jenjang",
    ]
    below = ["", "", "", "", "Provinsi", "Kab/Kota", "", ""]
    for place, (upper, lower) in enumerate(zip(heading, below, strict=True), start=1):
        sheet.cell(4, place, upper or None)
        sheet.cell(5, place, lower or None)
    for place in (1, 2, 3, 4, 7, 8):
        sheet.merge_cells(None, 4, place, 5, place)
    sheet.merge_cells("E4:F4")
    sheet.append([f"({number})" for number in range(1, 9)])
    for row, name in enumerate(NAMES, start=7):
        born = date(2004, 5, row)
        province = "Nusa Tenggara Timur" if row > 8 else "Jawa Barat"
        regency = "Kab. Belu" if row > 8 else ""
        cells = [row - 6, name, "P" if row % 2 else "L", born, province, regency]
        sheet.append([*cells, SCHOOL if row == 7 else None, "SMK"])
    sheet.merge_cells("G7:G11")
    sheet.append(["JUMLAH", None, len(NAMES)])
    sheet.append([])
    sheet.append([None, None, None, None, None, None, "Cimahi, 20 November 2026"])
    sheet.append([None, None, None, None, None, None, "Kepala Sekolah"])
    sheet.row_dimensions[8].hidden = True
    sheet.row_dimensions[10].hidden = True
    return _with_dimension(_bytes(book), "A3")


def from_old_excel():
    """“CSV” of an old Excel: Windows text, semicolons, a first line that says so."""
    lines = [
        "sep=;",
        "DATA PESERTA;;;;;;",
        "Nama;Tgl Lahir;JK;Asal Sekolah;Provinsi;Pendidikan;Nilai",
        "Zoë Anggraini;17/05/2003;P;SMKN 1 Cimahi;Jawa Barat;SMK;82,5",
        "Budi Santoso;18/05/2004;L;SMKN 1 Cimahi;Jawa Barat;SMK;79",
        "Total;;;;;;2",
    ]
    return "\r\n".join(lines).encode("cp1252")


def unicode_text(mark=True):
    """Excel's “Unicode Text”: UTF-16 with tabs, the heading once more on each page."""
    heading = ["Nomor Peserta", "Nama Peserta", "Tanggal Lahir", "Gender", "Sekolah"]
    rows = [
        ["", "", "", "", ""],
        heading,
        ["A/001", "Sari Wulandari", "2003-05-17", "Wanita", "SMKN 1 Cimahi"],
        heading,
        ["A/002", "Budi Santoso", "18 Mei 2004", "Pria", "SMKN 1 Cimahi"],
    ]
    text = "\r\n".join("\t".join(row) for row in rows)
    return text.encode("utf-16") if mark else text.encode("utf-16-le")


def with_unknown_words():
    """A hundred people of whom most come from a school that nobody has entered.

    Certificates are a band and a day in two columns, wishes are titles of slots.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "No. Pendaftaran",
            "Nama Lengkap",
            "Tanggal Lahir",
            "L/P",
            "WNI/WNA",
            "Asal Sekolah",
            "Provinsi",
            "Pendidikan",
            "Kompetensi Keahlian",
            "JLPT",
            "Tgl Ujian",
            "Pilihan 1",
            "Catatan",
        ]
    )
    for number in range(100):
        school = UNKNOWN if number < 94 else "SMKN 1 Cimahi"
        writer.writerow(
            [
                f"B-{number:03}",
                f"{NAMES[number % 5]} {number}",
                f"{number % 28 + 1:02}/05/2004",
                "LP"[number % 2],
                "WNI",
                school,
                "Jawa Barat",
                "SMK",
                "Teknik Mekatronika",
                "N4" if number % 2 else "-",
                "05/07/2026" if number % 2 else "",
                "Peserta",
                "",
            ]
        )
    return out.getvalue().encode()


SHEETS = {
    "from_a_form": from_a_form,
    "from_a_school": from_a_school,
    "from_old_excel": from_old_excel,
    "unicode_text": unicode_text,
    "with_unknown_words": with_unknown_words,
}


def _bytes(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _with_dimension(content, reference):
    """Return a workbook whose sheet says that it has another size."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            text = old.read(entry.filename)
            if entry.filename == "xl/worksheets/sheet1.xml":
                stated = f'<dimension ref="{reference}"'.encode()
                text = re.sub(rb'<dimension ref="[A-Z0-9:]+"', stated, text)
            new.writestr(entry.filename, text)
    return out.getvalue()
