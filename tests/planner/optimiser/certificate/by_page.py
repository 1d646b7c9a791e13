"""A second reader of proof trees, written from docs/optimiser/certificate.md alone.

It is slow, knows only Python's integers and shares nothing with the package: where it
and the check differ, one of them or the page is wrong. Its letters are the page's.
"""

from itertools import pairwise

UNLIMITED = 2**62

NODE = ("price", "supply", "tier", "row", "fee", "count")
ROW = ("price", "supply", "agent", "row")
TRIPLES = ("fee", "count")


class Refused(Exception):
    """The tree proves nothing."""


def holds(problem, tree, tier=0, levels=()):
    """Whether a tree proves what it says."""
    try:
        Reader(problem, tree, tier, levels).walk()
    except Refused:
        return False
    return True


def need(condition):
    if not condition:
        raise Refused


def whole(number, end=None):
    need(isinstance(number, int) and not isinstance(number, bool))
    need(end is None or 0 <= number < end)
    return number


def up(amount, step):
    """Started steps."""
    return -(-max(0, amount) // step)


def table(entries, ptr):
    """{index: amount} of each span."""
    return [dict(entries[start:stop]) for start, stop in pairwise(ptr.tolist())]


def by_tier(tiers, value):
    """The values in every tier, of each option or opening."""
    return list(zip(*(value(tier).tolist() for tier in range(tiers)), strict=True))


class Node:
    def __init__(self, low, high, out, must, counts):
        self.low, self.high, self.counts = list(low), list(high), dict(counts)
        self.out, self.must = set(out), set(must)

    def copy(self):
        return Node(self.low, self.high, self.out, self.must, self.counts)


class Reader:
    def __init__(self, problem, tree, tier, levels):
        p = problem
        self.tree, self.tier, self.levels = tree, tier, levels
        self.agent = p.option_agent.tolist()
        self.agents = range(len(p.agent_must))
        self.options = range(len(self.agent))
        self.lines = range(len(p.supply_upper))
        self.resources = range(len(p.resource_upper))
        self.given = p.supply_upper.tolist()
        self.must = set(p.agent_must.nonzero()[0].tolist())
        self.value = by_tier(p.num_tiers, p.value)
        self.worth = by_tier(p.num_tiers, p.value_of_opening)
        pairs = zip(p.use_resource.tolist(), p.use_amount.tolist(), strict=True)
        self.use = table(list(pairs), p.use_ptr)
        pairs = zip(p.opening_resource.tolist(), p.opening_amount.tolist(), strict=True)
        self.opening = table(list(pairs), p.opening_ptr)
        ends = pairwise(p.supply_ptr.tolist())
        self.supplied = [p.supply_index[a:b].tolist() for a, b in ends]
        self.cohort = p.resource_only_if_used.tolist()
        self.lower, self.upper = p.resource_lower.tolist(), p.resource_upper.tolist()
        self.short = p.resource_shortfall_price.tolist()
        self.over = p.resource_excess_price.tolist()
        self.step = p.resource_step.tolist()
        self.floor = [
            low if price < 0 else 0
            for low, price in zip(self.lower, self.short, strict=True)
        ]
        self.rows = []

    def walk(self):
        tree = self.tree
        need(isinstance(tree, dict) and {"bound", "nodes"} <= set(tree))
        need(set(tree) <= {"format", "bound", "rows", "nodes"})
        need(tree.get("format", "allocation-proof/1") == "allocation-proof/1")
        self.bound = tree["bound"]
        if self.bound is None:
            need(self.tier == 0)
        else:
            whole(self.bound)
        need(isinstance(tree.get("rows", []), list))
        for record in tree.get("rows", []):
            self.rows.append(self.derived(self.vector(record, ROW)))
        nodes = tree["nodes"]
        need(isinstance(nodes, list) and nodes)
        waiting = {0: self.root()}
        for at, record in enumerate(nodes):
            need(isinstance(record, dict) and at in waiting)
            self.read(at, record, waiting.pop(at), waiting)
        need(not waiting)

    def read(self, at, record, node, waiting):
        need(set(record) - {"fix"} in ({"ask", "sides"}, {"leaf"}, {"ray"}))
        need(isinstance(record.get("fix", []), list))
        for prices in record.get("fix", []):
            self.fix(node, self.vector(prices, NODE))
        if "ask" not in record:
            kind = "ray" if "ray" in record else "leaf"
            v = self.vector(record[kind], NODE)
            ray = kind == "ray" or self.bound is None
            proven = self.proves(node, v, ray=ray)
            need(proven is None or proven[0] < (0 if ray else self.aim(v)))
            return
        sides = record["sides"]
        need(isinstance(sides, list) and len(sides) == 2 and sides[0] != sides[1])
        for side, yes in zip(sides, (False, True), strict=True):
            need(at < whole(side, len(self.tree["nodes"])) and side not in waiting)
            waiting[side] = self.answer(node.copy(), record["ask"], yes=yes)

    def aim(self, v):
        return 0 if self.bound is None else (self.bound + 1) << v["bits"]

    def vector(self, record, names):
        need(isinstance(record, dict) and set(record) <= {"bits", *names})
        v = {name: {} for name in (*NODE, *ROW)} | {"bits": record.get("bits", 0)}
        whole(v["bits"], 201)
        ends = {
            "price": len(self.resources),
            "supply": len(self.lines),
            "tier": self.tier,
            "row": len(self.rows),
            "agent": len(self.agents),
        }
        for name in names:
            entries = record.get(name, [])
            need(isinstance(entries, list))
            for entry in entries:
                size = 3 if name in TRIPLES else 2
                need(isinstance(entry, list) and len(entry) == size)
                *key, number = map(whole, entry)
                if name == "fee":
                    o, r = whole(key[0], len(self.options)), key[1]
                    whole(r, len(self.resources))
                    need(self.cohort[r] and self.use[o].get(r, 0) > 0)
                elif name == "count":
                    self.is_count(key)
                else:
                    whole(key[0], ends[name])
                key = tuple(key) if size == 3 else key[0]
                need(key not in v[name])
                v[name][key] = number
        return v

    def is_count(self, key):
        need(isinstance(key, list) and len(key) == 2)
        whole(key[0], len(self.resources))
        need(whole(key[1], UNLIMITED) > 0)

    def derived(self, v):
        """Coefficients of the options, of openings, and the right side."""
        right = 0
        for name in ("agent", "supply", "row"):
            need(all(weight >= 0 for weight in v[name].values()))
        right += sum(v["agent"].values())
        right += sum(w * self.rows[i][2] for i, w in v["row"].items())
        for f, w in v["supply"].items():
            need(self.given[f] < UNLIMITED or not w)
            right += w * self.given[f]
        for r, w in v["price"].items():
            if self.supplied[r]:
                need(0 <= w <= min(v["supply"].get(f, 0) for f in self.supplied[r]))
            elif w > 0:
                need(self.over[r] < 0 and self.upper[r] < UNLIMITED)
                right += w * self.upper[r]
            elif w < 0:
                need(not self.cohort[r])
                right += w * self.floor[r]
        option = [
            self.paid(v, self.use[o])
            + v["agent"].get(self.agent[o], 0)
            + sum(w * self.rows[i][0][o] for i, w in v["row"].items())
            for o in self.options
        ]
        opening = [
            self.paid(v, self.opening[r])
            + sum(w * self.rows[i][1][r] for i, w in v["row"].items())
            for r in self.resources
        ]
        bits = v["bits"]
        return [c >> bits for c in option], [c >> bits for c in opening], right >> bits

    def paid(self, v, uses):
        return sum(v["price"].get(r, 0) * amount for r, amount in uses.items())

    def root(self):
        high = [
            sum(max(0, use.get(r, 0)) for use in self.opening) for r in self.resources
        ]
        for r in self.resources:
            for a in self.agents:
                own = (
                    self.use[o].get(r, 0) for o in self.options if self.agent[o] == a
                )
                high[r] += max(own, default=0)
        node = Node([0] * len(high), high, (), self.must, {})
        for r in self.resources:
            if self.cohort[r] and node.high[r] < self.floor[r]:
                self.close(node, r)
        return node

    def close(self, node, r):
        node.high[r] = 0
        node.out |= {o for o in self.options if self.use[o].get(r, 0) > 0}

    def alone(self, o, r):
        """What an option uses, less what the cohorts it uses give back."""
        back = (self.opening[c].get(r, 0) for c, n in self.use[o].items() if n > 0)
        return self.use[o].get(r, 0) + sum(min(0, amount) for amount in back)

    def at_most(self, node, r, k):
        if self.cohort[r] and k < self.floor[r]:
            k = 0
        node.high[r] = min(node.high[r], k)
        node.out |= {o for o in self.options if self.alone(o, r) > node.high[r]}
        for c in self.resources:
            if self.opening[c].get(r, 0) > node.high[r]:
                self.close(node, c)

    def counted(self, key):
        r, amount = key
        return [o for o in self.options if self.use[o].get(r, 0) >= amount]

    def limits(self, node, key):
        agents = {self.agent[o] for o in self.counted(key)}
        return node.counts.get(key, (0, len(agents)))

    def answer(self, node, ask, *, yes):
        need(isinstance(ask, list) and len(ask) == 3)
        kind, about, what = ask
        if kind == "use":
            r, k = whole(about, len(self.resources)), whole(what, UNLIMITED)
            if yes:
                node.low[r] = max(node.low[r], k + 1)
            else:
                self.at_most(node, r, k)
        elif kind == "count":
            self.is_count(about)
            key, k = tuple(about), whole(what, UNLIMITED)
            low, high = self.limits(node, key)
            node.counts[key] = (max(low, k + 1), high) if yes else (low, min(high, k))
        else:
            need(kind == "agent" and isinstance(what, list) and what)
            a = whole(about, len(self.agents))
            own = {o for o in self.options if self.agent[o] == a}
            need(all(whole(o) in own for o in what))
            node.out |= own - set(what) if yes else set(what)
            node.must |= {a} if yes else set()
        return node

    def proves(self, node, v, *, ray):
        """The bound, and what each option, agent and cohort is worth; None: empty."""
        one, rows = 1 << v["bits"], range(len(self.rows))
        g = [min(0, v["tier"].get(i, 0)) for i in range(len(self.levels))]
        row = [max(0, v["row"].get(i, 0)) for i in rows]
        fee = {key: max(0, n) for key, n in v["fee"].items()}
        line = [
            max(0, v["supply"].get(f, 0)) if self.given[f] < UNLIMITED else 0
            for f in self.lines
        ]
        soft = -g[0] if self.tier else (0 if ray else one)

        def worth(values, uses, in_rows):
            own = 0 if ray else one * values[self.tier]
            own -= self.paid(v, uses) + sum(
                x * y for x, y in zip(g, values, strict=False)
            )
            return own - sum(x * y for x, y in zip(row, in_rows, strict=True))

        reduced = {}
        for o in set(self.options) - node.out:
            in_rows = [self.rows[i][0][o] for i in rows]
            reduced[o] = worth(self.value[o], self.use[o], in_rows)
            reduced[o] -= sum(n for (payer, _), n in fee.items() if payer == o)
            reduced[o] -= sum(
                n for key, n in v["count"].items() if o in self.counted(key)
            )
        best = []
        for a in self.agents:
            own = [n for o, n in reduced.items() if self.agent[o] == a]
            best.append(max(own if a in node.must else [0, *own], default=None))
        parts, opened = [], {}
        for r in self.resources:
            price = v["price"].get(r, 0)
            if self.supplied[r]:
                rest = price - min(line[f] for f in self.supplied[r])
                parts.append(rest * (node.high[r] if rest > 0 else node.low[r]))
                best += [None] if node.low[r] > node.high[r] else []
                continue
            most = self.largest(node, r, price, soft)
            if self.cohort[r]:
                if most is not None:
                    in_rows = [self.rows[i][1][r] for i in rows]
                    most += worth(self.worth[r], self.opening[r], in_rows)
                    most += sum(n for (_, c), n in fee.items() if c == r)
                    opened[r] = most
                if node.low[r] == 0:
                    most = max(0, most or 0)
            parts.append(most)
        for key, n in v["count"].items():
            least, most = self.limits(node, key)
            parts.append(n * (most if n > 0 else least))
        if None in [*best, *parts] or any(a > b for a, b in node.counts.values()):
            return None
        parts += [line[f] * self.given[f] for f in self.lines]
        parts += [row[i] * self.rows[i][2] for i in rows]
        parts += [x * y for x, y in zip(g, self.levels, strict=True)]
        return sum(best) + sum(parts), reduced, best, opened

    def largest(self, node, r, price, soft):
        """The most over every use that is allowed, tried one by one."""
        low = max(node.low[r], self.floor[r], int(self.cohort[r]))
        high = min(node.high[r], self.upper[r] if self.over[r] < 0 else UNLIMITED)
        return max(
            (
                price * t
                - soft * max(0, self.short[r]) * up(self.lower[r] - t, self.step[r])
                - soft * max(0, self.over[r]) * up(t - self.upper[r], self.step[r])
                for t in range(low, high + 1)
            ),
            default=None,
        )

    def fix(self, node, v):
        proven = self.proves(node, v, ray=self.bound is None)
        if proven is None:
            return
        total, reduced, best, opened = proven
        room = total - self.aim(v)
        node.out |= {o for o, n in reduced.items() if best[self.agent[o]] - n > room}
        node.must |= {a for a in self.agents if best[a] > room}
        for r, n in opened.items():
            if node.low[r] == 0 and max(0, n) - n > room:
                self.at_most(node, r, 0)
            elif node.low[r] == 0 and n > room:
                node.low[r] = 1
