"""How each rule of the domain becomes limits and uses, one rule a module.

Every module has ``add(draft, rows, offers, pairs)``: it adds its limits to the draft
and says which options use them. Docs: ``docs/planning/rules.md`` has the table.
"""
