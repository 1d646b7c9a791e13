"""A demonstration that can be believed: made from a seed, loaded as files.

``corridors`` turns the hand-written TOML files of fixtures/demo/corridors into rows,
``people`` invents the people, ``wishes`` what they want, ``make`` writes it all as CSV
files, and ``load`` brings such files into the database. Nobody in it is real.
"""
