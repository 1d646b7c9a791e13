"""A line of text is read into a tree, written back, and refused with its place."""

import pytest
from hypothesis import given

from programs.conditions import Unreadable, from_json, read, to_json, write
from programs.conditions.grammar import DEEPEST, MOST_LEAVES
from programs.conditions.tokens import LONGEST

from .trees import CONDITIONS


@given(CONDITIONS)
def test_what_is_written_is_read_again(node):
    assert read(write(node)).node == node


@given(CONDITIONS)
def test_json_says_the_same_as_the_text(node):
    assert from_json(to_json(node)) == read(write(node))


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        (
            'kkni>=6 and (sex=F or completed(program "titp-2"))',
            'kkni >= 6 and (sex = F or completed(program "titp-2"))',
        ),
        (
            "days_since(stay in jp) ≥ 183\nand not completed ( this program )",
            "days_since(in JP) >= 183 days and not completed(this program)",
        ),
        ("age on first_day == 24", "age = 24"),
        ("age on 18 months before decision < 24", None),
        ("born >= 2000-02-29", None),
        ("stays(within 5 years, this host, in JP) <> 2", None),
        ('skill("AI-PYT" , certificate)>=2', 'skill("AI-PYT", certificate) >= 2'),
        ("not not sex = f", "sex = F"),
        ("citizenship not in (ID, my, ID)", "citizenship not in (ID, MY)"),
        ("(kkni >= 6 and (sex = F)) and free", "kkni >= 6 and sex = F and free"),
        ("merit >= 72.50", "merit >= 72.5"),
        ("education( 0913 ) >= S1", "education(0913) >= s1"),
        ("experience(09)>=1 year", "experience(09) >= 1 years"),
        ("fact(maths) >= 14", 'fact("maths") >= 14'),
        ('fact("fit") and not fact("maths-test") < 14.50', None),
        ('fact("police") on decision not in (Clean, none)', None),
        ('fact("checked") >= 6 months before first_day', None),
        (
            "kkni>=6 and language(ja)>=A2 by 2027-03-01 at 80 %",
            "kkni >= 6 and language(ja) >= A2 by 2027-03-01 at 80%",
        ),
        ("(sex = F or free) by 30 days after decision at 7%", None),
        ("(not free) by first_day", None),
        ("((free by decision) and (sex = F))", "free by decision and sex = F"),
    ],
)
def test_spellings_become_one(text, usual):
    written = write(read(text).node)
    assert usual is None or written == usual
    assert write(read(written).node) == written


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", 0, "a condition is expected"),
        ("kknni >= 6", 0, "perhaps “kkni” is meant"),
        ("zzz >= 6", 0, "the facts are: age, born"),
        ("kkni", 4, "has to be compared"),
        ("kkni in (6)", 5, "has to be compared"),
        ("kkni >= six", 8, "a number"),
        ("experience >= 2", 15, "days, months or years"),
        ("experience(nursing) >= 2 years", 11, "ISCED-F"),
        ("education >= phd", 13, "one of these is expected: smp"),
        ("gpa >= 4.5", 7, "goes from 0 to 4"),
        ('fact("x") >= pass', 13, "a number or a day"),
        ("fact >= 1", 5, "needs a fact in brackets"),
        ("kkni >= 12", 8, "goes from 1 to 9"),
        ("merit >= 1.234", 9, "a number"),
        ("age on tomorrow <= 24", 7, "a day is expected"),
        ("age on 2027-02-30 <= 24", 7, "a day is expected"),
        ("age on 2 years of decision > 1", 15, "“before” or “after”"),
        ("age on 1.5 years before decision > 1", 7, "a whole number"),
        ("age >= 3 months", 9, "counted in years"),
        ("kkni on decision >= 6", 5, "the same on every day"),
        ("kkni >= 6 and", 13, "the name of a fact"),
        ("kkni >= 6 kkni < 7", 10, "“and”, “or” or the end"),
        ("(kkni >= 6", 10, "“)” is expected"),
        ("kkni >= 6)", 9, "“and”, “or” or the end"),
        ("sex = X", 6, "one of these is expected: F, M"),
        ("sex < F", 4, "has to be compared"),
        ("field = chip", 8, "ISCED-F"),
        ("language >= A2", 9, "needs a language in brackets"),
        ("language() >= A2", 9, "a language is expected"),
        ("on_list(3t) = 1", 12, "true or false by itself"),
        ("completed(next program)", 10, "one of these is expected: this"),
        ("completed(this year)", 15, "program, kind, country, host"),
        ("completed(in JP in MY)", 16, "said twice"),
        ("completed(within 5)", 18, "days, months or years"),
        ('home = "pens', 7, "never closed"),
        ("kkni § 6", 5, "has no meaning here"),
        ("not", 3, "the name of a fact"),
        ("not free by 2027-03-01", 9, "joined to the rest by “and” alone"),
        ("sex = F or free by 2027-03-01", 16, "(… or …) by 2027-03-01"),
        ("(free by decision) by decision", 6, "by “and” alone"),
        ("free by last_day", 8, "first_day or decision"),
        ("free by 3 days after application", 8, "first_day or decision"),
        ("free by decision at 0%", 20, "from 1% to 100%"),
        ("free by decision at 101%", 20, "from 1% to 100%"),
        ("free by decision at 2.5%", 20, "from 1% to 100%"),
        (
            " and ".join(f"age > {n} by decision" for n in range(9)),
            200,
            "at most 8 things",
        ),
        ("free by decision at 50", 22, "“%” is expected"),
        ("x" * (LONGEST + 1), LONGEST, "at most 2000 characters"),
        ("(" * (DEEPEST + 1) + "free", DEEPEST, "at most 20 brackets"),
        ("free and " * MOST_LEAVES + "free", 9 * MOST_LEAVES, "at most 100 facts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, place, says):
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.place == place
    assert says in str(refused.value)
    assert str(refused.value).startswith(f"Character {place + 1}: ")


def test_what_is_wrong_in_json_is_told_with_where_it_stands():
    with pytest.raises(Unreadable, match="at any/1/not of the JSON: “free” has no"):
        from_json({"any": [{"fact": "free"}, {"not": {"fact": "free", "unit": "x"}}]})
    deep = {"fact": "free"}
    for _level in range(100_000):
        deep = {"not": deep}
    with pytest.raises(Unreadable, match="nests too deep"):
        from_json(deep)


def test_what_word_processors_make_of_quotation_marks_is_read():
    text = 'completed(program "titp-2")'
    assert write(read(text.replace('"', "“", 1).replace('"', "”", 1)).node) == text
    with pytest.raises(Unreadable, match="a decimal has a point"):
        read("merit >= 72,5")


def test_depth_ten_is_read():
    text = "(" * 10 + "kkni >= 6" + " or sex = F)" * 10
    assert write(read(text).node) == "kkni >= 6 or sex = F"
    mixed = "kkni >= 6"
    for number in range(10):
        mixed = f"not ({mixed} {'and' if number % 2 else 'or'} age > {number})"
    assert read(write(read(mixed).node)).node == read(mixed).node


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"all": []},
        {"all": [{"fact": "kkni"}]},
        {"fact": "luck"},
        {"fact": "kkni", "is": ">=", "value": 6},
        {"fact": "kkni", "is": ">=", "value": "6 or free"},
        {"fact": "kkni", "is": ">=", "value": "6", "by": "x"},
        {"fact": "home", "is": "=", "value": 'a" or free or home = "b'},
        {"fact": "age", "is": ">=", "value": "6", "on": "decision > 3 or age"},
        {"not": {"fact": "free"}, "all": []},
        {"part": {"fact": "free"}},
        {"part": {"fact": "free"}, "by": "decision", "chance": 80},
        {"part": {"fact": "free"}, "by": "decision", "chance": "0"},
        {"part": {"fact": "free"}, "by": "decision", "chance": "8" * 5_000},
        {"part": {"fact": "free"}, "by": "last_day"},
        {"not": {"part": {"fact": "free"}, "by": "decision"}},
        {"fact": "language", "about": ["ja"], "is": ">=", "value": "A2"},
        {"fact": "kkni", "is": ">="},
        {"fact": "on_list", "is": ">=", "unit": "years"},
        {"fact": "completed", "value": "6"},
        {"fact": "free", "about": {"in": "JP"}},
        {"fact": "fact", "about": {"fact": "fit", "z": "1"}},
        {"fact": "kkni", "is": ">=", "value": "6", "unit": "days"},
        {"fact": "completed", "unit": "years"},
    ],
)
def test_json_of_another_form_is_refused(data):
    with pytest.raises(Unreadable):
        from_json(data)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"fact": "sex", "is": "=", "value": "f"}, "sex = F"),
        (
            {"part": {"fact": "free"}, "by": "3 days before decision", "chance": "80"},
            "free by 3 days before decision at 80%",
        ),
        (
            {
                "fact": "fact",
                "about": {"fact": "x"},
                "is": ">=",
                "value": "6 months before first_day",
            },
            'fact("x") >= 6 months before first_day',
        ),
        (
            {"fact": "fact", "about": {"fact": "x"}, "is": "=", "value": "Pass"},
            'fact("x") = pass',
        ),
    ],
)
def test_json_is_read_as_its_text_would_be(data, text):
    assert write(from_json(data).node) == text
    assert from_json(to_json(read(text).node)).node == read(text).node


def test_rows_that_a_condition_names_are_told_with_their_place():
    parsed = read('home = "pens" or completed(program "titp-2" in jp)')
    assert [(each.of, each.code, each.place) for each in parsed.references] == [
        ("institution", "pens", 7),
        ("program", "titp-2", 35),
        ("country", "JP", 47),
    ]
