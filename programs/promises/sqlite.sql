-- What SQLite itself keeps, whoever writes. There is one writer at a time, so nothing is
-- locked; a trigger sees one row at a time, so what budgets have spent, and whom
-- agreements and routes hold, is kept as sums, which are counted anew whenever this file
-- is installed. {live} are the states in which
-- a place holds its seat and its money.

CREATE TABLE programs_moneyused (
  source_id char(32) NOT NULL, fiscal_year integer NOT NULL,
  category_id varchar(40) NOT NULL, currency varchar(3) NOT NULL,
  used decimal NOT NULL,
  PRIMARY KEY (source_id, fiscal_year, category_id, currency)) WITHOUT ROWID;
INSERT INTO programs_moneyused
  SELECT f.source_id, f.fiscal_year, f.category_id, f.currency,
         sum(CASE WHEN p.state IN ({live}) THEN COALESCE(f.foreign_amount, f.amount)
                  ELSE COALESCE(f.foreign_spent, f.spent) END)
  FROM programs_fundingline f JOIN programs_placement p ON p.id = f.placement_id
  GROUP BY 1, 2, 3, 4;

-- The days of a stay: its own, where they were changed by consent, or those of its slot.
CREATE VIEW programs_promise_days AS
  SELECT p.id, p.state, p.slot_id, p.agreement_id, p.application_id, s.route_id,
         s.country_id, COALESCE(
           (SELECT r.travel_days FROM programs_immigrationroute r WHERE r.id = s.route_id),
           0) AS travel,
         COALESCE(p.own_starts_on, s.starts_on) AS starts_on,
         COALESCE(p.own_ends_on, s.ends_on) AS ends_on
  FROM programs_placement p JOIN programs_slot s ON s.id = p.slot_id;

-- Inserting into a view calls its trigger: SQLite's way to write a check once.
CREATE VIEW programs_promise_stay AS SELECT NULL AS id, NULL AS person_id;
CREATE TRIGGER programs_promise_stay_check INSTEAD OF INSERT ON programs_promise_stay
BEGIN
  -- From the person to the places; the other way round is a look at all of them.
  SELECT RAISE(ABORT, 'one_stay_at_a_time') WHERE EXISTS (
    SELECT 1 FROM (
      SELECT NEW.person_id AS id UNION
      SELECT other.id FROM programs_participant me
      JOIN programs_participant other ON other.human_key = me.human_key
      WHERE me.id = NEW.person_id AND me.human_key <> '') human
    CROSS JOIN programs_application a ON a.participant_id = human.id
    CROSS JOIN programs_placement p ON p.application_id = a.id
    CROSS JOIN programs_promise_days other ON other.id = p.id
    CROSS JOIN programs_promise_days mine ON mine.id = NEW.id
    WHERE p.id <> NEW.id AND p.state IN ({live})
      -- Between two countries there is the journey back, and the journey out.
      AND julianday(other.starts_on) < julianday(mine.ends_on) + CASE
        WHEN other.country_id = mine.country_id THEN 0 ELSE other.travel + mine.travel END
      AND julianday(mine.starts_on) < julianday(other.ends_on) + CASE
        WHEN other.country_id = mine.country_id THEN 0 ELSE other.travel + mine.travel END);
  SELECT RAISE(ABORT, 'one_place_in_an_intake') WHERE EXISTS (
    SELECT 1 FROM programs_placement one
    JOIN programs_application a ON a.id = one.application_id
    JOIN programs_participant me ON me.id = a.participant_id AND me.human_key <> ''
    CROSS JOIN programs_participant twin
      ON twin.human_key = me.human_key AND twin.id <> me.id
    CROSS JOIN programs_application b
      ON b.participant_id = twin.id AND b.intake_id = a.intake_id
    CROSS JOIN programs_placement p ON p.application_id = b.id
    WHERE one.id = NEW.id AND p.state IN ({live}));
END;

-- What a place draws on in each year: a head in the year in which it starts, and tenths
-- of months in each calendar year of the stay, as plans count them.
CREATE VIEW programs_promise_draws AS
  SELECT s.id AS placement_id, 'agreement' AS what, s.agreement_id AS thing,
         substr(s.starts_on, 1, 4) + later.n AS year, later.n = 0 AS people,
         max(0, round(
           (julianday(min(s.ends_on, (substr(s.starts_on, 1, 4) + later.n + 1) || '-01-01'))
            - julianday(max(s.starts_on, (substr(s.starts_on, 1, 4) + later.n) || '-01-01')))
           / (365.25 / 12) * 10)) AS tenths
  FROM programs_promise_days s
  JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
        UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) later
    ON substr(s.starts_on, 1, 4) + later.n <= substr(s.ends_on, 1, 4) + 0
  WHERE s.state IN ({live}) AND s.agreement_id IS NOT NULL;
CREATE TABLE programs_promise_drawn (
  what varchar(9) NOT NULL, thing char(32) NOT NULL, year integer NOT NULL,
  people integer NOT NULL, tenths integer NOT NULL,
  PRIMARY KEY (what, thing, year)) WITHOUT ROWID;
INSERT INTO programs_promise_drawn
  SELECT what, thing, year, sum(people), sum(tenths) FROM programs_promise_draws
  GROUP BY 1, 2, 3;
-- How many stay in each slot that rests on a route, from when to when: what caps count.
CREATE TABLE programs_promise_staying (
  route_id char(32) NOT NULL, slot_id char(32) NOT NULL,
  starts_on date NOT NULL, ends_on date NOT NULL, people integer NOT NULL,
  PRIMARY KEY (route_id, slot_id, starts_on, ends_on)) WITHOUT ROWID;
INSERT INTO programs_promise_staying
  SELECT route_id, slot_id, starts_on, ends_on, count(*) FROM programs_promise_days
  WHERE state IN ({live}) AND route_id IS NOT NULL GROUP BY 1, 2, 3, 4;
CREATE VIEW programs_promise_capped AS
  SELECT c.id AS cap_id, c.route_id, c.sector, c.counts, c.is_yearly, c.most,
         c.valid_from, COALESCE(c.valid_to, '9999-12-31') AS valid_to,
         t.slot_id, t.starts_on, t.ends_on, t.people
  FROM programs_routecap c
  JOIN programs_promise_staying t ON t.route_id = c.route_id AND t.people > 0
  JOIN programs_slot s ON s.id = t.slot_id
  JOIN programs_intake i ON i.id = s.intake_id
  JOIN programs_program g ON g.id = i.program_id AND c.sector IN ('', g.priority_sector);
-- What each place makes of caps, beside what it was: of a slot of this route, these days,
-- this sector. Only what is new is looked at: a null sector says that it counted nowhere,
-- a null route or day that it is as it was.
CREATE VIEW programs_promise_cap AS
  SELECT NULL AS id, NULL AS sector, NULL AS route_id, NULL AS starts_on, NULL AS ends_on;
CREATE TRIGGER programs_promise_cap_check INSTEAD OF INSERT ON programs_promise_cap
BEGIN
  SELECT RAISE(ABORT, 'route_keeps_its_people')
    FROM programs_placement p
    JOIN programs_promise_days day ON day.id = p.id
    JOIN programs_promise_capped mine ON mine.slot_id = day.slot_id
      AND mine.starts_on = day.starts_on AND mine.ends_on = day.ends_on
    WHERE p.id = NEW.id AND mine.counts = 'entries'
      AND mine.starts_on >= mine.valid_from AND mine.starts_on < mine.valid_to
      AND NOT COALESCE(NEW.sector IS NOT NULL AND mine.sector IN ('', NEW.sector)
        AND mine.route_id = COALESCE(NEW.route_id, mine.route_id)
        AND COALESCE(p.own_starts_on, NEW.starts_on, mine.starts_on) >= mine.valid_from
        AND COALESCE(p.own_starts_on, NEW.starts_on, mine.starts_on) < mine.valid_to
        AND (NOT mine.is_yearly OR substr(mine.starts_on, 1, 4)
          = substr(COALESCE(p.own_starts_on, NEW.starts_on, mine.starts_on), 1, 4)), 0)
      AND mine.most <
      (SELECT sum(t.people) FROM programs_promise_capped t
       WHERE t.cap_id = mine.cap_id
         AND t.starts_on >= t.valid_from AND t.starts_on < t.valid_to
         AND (NOT t.is_yearly OR substr(t.starts_on, 1, 4) = substr(mine.starts_on, 1, 4)));
  -- Most people stay on the first day of some stay, or of the period, or on the first day
  -- after those that this stay had before.
  SELECT RAISE(ABORT, 'route_keeps_its_people') FROM (
    SELECT mine.cap_id, mine.most, min(mine.ends_on, mine.valid_to) AS after,
           max(mine.starts_on, mine.valid_from, other.starts_on,
             CASE WHEN NEW.sector IS NOT NULL AND mine.sector IN ('', NEW.sector)
               AND mine.route_id = COALESCE(NEW.route_id, mine.route_id)
               AND max(mine.starts_on, mine.valid_from, other.starts_on)
                 >= COALESCE(p.own_starts_on, NEW.starts_on, mine.starts_on)
             THEN COALESCE(p.own_ends_on, NEW.ends_on, mine.ends_on) ELSE '' END) AS on_day
    FROM programs_placement p
    JOIN programs_promise_days day ON day.id = p.id
    JOIN programs_promise_capped mine ON mine.slot_id = day.slot_id
      AND mine.starts_on = day.starts_on AND mine.ends_on = day.ends_on
    JOIN programs_promise_capped other ON other.cap_id = mine.cap_id
    WHERE p.id = NEW.id AND mine.counts = 'staying') d
    WHERE d.on_day < d.after AND d.most <
      (SELECT sum(t.people) FROM programs_promise_capped t
       WHERE t.cap_id = d.cap_id AND t.starts_on <= d.on_day AND t.ends_on > d.on_day);
END;
CREATE VIEW programs_promise_draw AS SELECT NULL AS placement_id, NULL AS sign;
CREATE TRIGGER programs_promise_draw_added INSTEAD OF INSERT ON programs_promise_draw
BEGIN
  INSERT INTO programs_promise_drawn
    SELECT what, thing, year, sum(NEW.sign * people), sum(NEW.sign * tenths)
    FROM programs_promise_draws WHERE placement_id = NEW.placement_id GROUP BY 1, 2, 3
    ON CONFLICT (what, thing, year) DO UPDATE
    SET people = people + excluded.people, tenths = tenths + excluded.tenths;
  INSERT INTO programs_promise_staying
    SELECT route_id, slot_id, starts_on, ends_on, NEW.sign FROM programs_promise_days
    WHERE id = NEW.placement_id AND state IN ({live}) AND route_id IS NOT NULL
    ON CONFLICT (route_id, slot_id, starts_on, ends_on) DO UPDATE
    SET people = people + excluded.people;
END;

CREATE VIEW programs_promise_place AS
  SELECT NULL AS id, NULL AS slot_id, NULL AS agreement_id, NULL AS application_id;
CREATE TRIGGER programs_promise_place_check INSTEAD OF INSERT ON programs_promise_place
BEGIN
  SELECT RAISE(ABORT, 'withdrawn_slot_holds_nobody')
    FROM programs_slot WHERE id = NEW.slot_id AND state = 'withdrawn';
  SELECT RAISE(ABORT, 'cancelled_intake_holds_nobody')
    FROM programs_slot s JOIN programs_intake i ON i.id = s.intake_id
    WHERE s.id = NEW.slot_id AND i.state = 'cancelled';
  SELECT RAISE(ABORT, 'slot_has_a_seat_for_everybody')
    FROM programs_slot s WHERE s.id = NEW.slot_id AND s.capacity_max <
      (SELECT count(*) FROM programs_placement p
       WHERE p.slot_id = NEW.slot_id AND p.state IN ({live}));
  SELECT RAISE(ABORT, 'agreement_keeps_its_people')
    FROM programs_agreement a JOIN programs_promise_days mine ON mine.id = NEW.id
    JOIN programs_promise_drawn d ON d.what = 'agreement' AND d.thing = a.id
      AND d.year = substr(mine.starts_on, 1, 4) + 0
    WHERE a.id = NEW.agreement_id AND a.yearly_cap < d.people;
  SELECT RAISE(ABORT, 'agreement_keeps_its_months')
    FROM programs_agreement a JOIN programs_promise_days mine ON mine.id = NEW.id
    JOIN programs_promise_drawn d ON d.what = 'agreement' AND d.thing = a.id
      AND d.year BETWEEN substr(mine.starts_on, 1, 4) + 0 AND substr(mine.ends_on, 1, 4) + 0
    WHERE a.id = NEW.agreement_id AND a.yearly_person_months * 10 < d.tenths;
  INSERT INTO programs_promise_cap VALUES (NEW.id, NULL, NULL, NULL, NULL);
  INSERT INTO programs_promise_stay
    SELECT NEW.id, participant_id
    FROM programs_application WHERE id = NEW.application_id;
END;

CREATE TRIGGER programs_promise_placement_made AFTER INSERT ON programs_placement
WHEN NEW.state IN ({live})
BEGIN
  INSERT INTO programs_promise_draw VALUES (NEW.id, 1);
  INSERT INTO programs_promise_place
    VALUES (NEW.id, NEW.slot_id, NEW.agreement_id, NEW.application_id);
END;
CREATE TRIGGER programs_promise_placement_gone BEFORE DELETE ON programs_placement
BEGIN
  INSERT INTO programs_promise_draw VALUES (OLD.id, -1);
END;
CREATE TRIGGER programs_promise_placement_left
BEFORE UPDATE OF state, slot_id, agreement_id, application_id, own_starts_on, own_ends_on
ON programs_placement
BEGIN
  INSERT INTO programs_promise_draw VALUES (OLD.id, -1);
END;
-- What is drawn is added before it is looked at: triggers have no order among themselves.
CREATE TRIGGER programs_promise_placement_held
AFTER UPDATE OF state, slot_id, agreement_id, application_id, own_starts_on, own_ends_on
ON programs_placement
BEGIN
  INSERT INTO programs_promise_draw VALUES (NEW.id, 1);
  INSERT INTO programs_promise_place
    SELECT NEW.id, NEW.slot_id, NEW.agreement_id, NEW.application_id
    WHERE NEW.state IN ({live}) AND (OLD.state NOT IN ({live})
      OR OLD.slot_id <> NEW.slot_id OR OLD.application_id <> NEW.application_id
      OR OLD.agreement_id IS NOT NEW.agreement_id
      OR OLD.own_starts_on IS NOT NEW.own_starts_on OR OLD.own_ends_on IS NOT NEW.own_ends_on);
END;

-- The lines of a source in a year pay their category first, the line for any category
-- pays the rest. What is taken from a line in its own currency is counted in that; only
-- where two currencies meet, each is worth its highest planning rate here, and the verbs
-- judge by the rate of the day.
-- Kept as rows: a view would be made anew for each line that is written.
CREATE TABLE programs_worth_rate (
  currency varchar(3) NOT NULL PRIMARY KEY, rate decimal NOT NULL) WITHOUT ROWID;
CREATE VIEW programs_worth_rate_now AS
  SELECT 'IDR' AS currency, 1 AS rate
  UNION ALL SELECT currency, max(rate) FROM programs_exchangerate
  WHERE kind = 'planning' AND currency <> 'IDR' GROUP BY currency;
INSERT INTO programs_worth_rate SELECT currency, rate FROM programs_worth_rate_now;
CREATE VIEW programs_worth_rate_again AS SELECT NULL AS why;
CREATE TRIGGER programs_promise_rate_again INSTEAD OF INSERT ON programs_worth_rate_again
BEGIN
  DELETE FROM programs_worth_rate;
  INSERT INTO programs_worth_rate SELECT currency, rate FROM programs_worth_rate_now;
END;
CREATE TRIGGER programs_promise_rate_made AFTER INSERT ON programs_exchangerate
BEGIN
  INSERT INTO programs_worth_rate_again VALUES (NULL);
END;
CREATE TRIGGER programs_promise_rate_moved AFTER UPDATE ON programs_exchangerate
BEGIN
  INSERT INTO programs_worth_rate_again VALUES (NULL);
END;
CREATE TRIGGER programs_promise_rate_gone AFTER DELETE ON programs_exchangerate
BEGIN
  INSERT INTO programs_worth_rate_again VALUES (NULL);
END;
CREATE VIEW programs_worth AS
  SELECT l.source_id, l.fiscal_year, l.category_id,
         CASE WHEN l.amount IS NULL THEN 9e999
              ELSE l.amount * COALESCE(r.rate, 0) END AS amount
  FROM programs_budgetline l
  LEFT JOIN programs_worth_rate r ON r.currency = l.currency;
-- What each category has used beyond its own line.
CREATE VIEW programs_worth_rest AS
  SELECT u.source_id, u.fiscal_year, u.category_id,
         max(0, sum(u.used * COALESCE(r.rate, 0)) - COALESCE(
           (SELECT w.amount FROM programs_worth w
            WHERE w.source_id = u.source_id AND w.fiscal_year = u.fiscal_year
              AND w.category_id = u.category_id), 0)) AS amount
  FROM programs_moneyused u LEFT JOIN programs_worth_rate r ON r.currency = u.currency
  GROUP BY u.source_id, u.fiscal_year, u.category_id;

CREATE VIEW programs_promise_money AS
  SELECT NULL AS source_id, NULL AS fiscal_year, NULL AS category_id,
         NULL AS currency, NULL AS more;
CREATE TRIGGER programs_promise_money_check INSTEAD OF INSERT ON programs_promise_money
WHEN NEW.more <> 0
BEGIN
  INSERT INTO programs_moneyused
    VALUES (NEW.source_id, NEW.fiscal_year, NEW.category_id, NEW.currency, NEW.more)
    ON CONFLICT (source_id, fiscal_year, category_id, currency)
    DO UPDATE SET used = used + NEW.more;
  SELECT RAISE(ABORT, 'budget_is_not_overspent')
    WHERE NEW.more > 0
    AND (SELECT r.amount FROM programs_worth_rest r
         WHERE r.source_id = NEW.source_id AND r.fiscal_year = NEW.fiscal_year
           AND r.category_id = NEW.category_id) > 0.005
    AND (SELECT sum(r.amount) FROM programs_worth_rest r
         WHERE r.source_id = NEW.source_id AND r.fiscal_year = NEW.fiscal_year)
      > 0.005 + COALESCE(
        (SELECT w.amount FROM programs_worth w WHERE w.source_id = NEW.source_id
           AND w.fiscal_year = NEW.fiscal_year AND w.category_id IS NULL), 0);
END;

CREATE TRIGGER programs_promise_money_made AFTER INSERT ON programs_fundingline
BEGIN
  INSERT INTO programs_promise_money
    SELECT NEW.source_id, NEW.fiscal_year, NEW.category_id, NEW.currency,
           CASE WHEN p.state IN ({live}) THEN COALESCE(NEW.foreign_amount, NEW.amount)
                ELSE COALESCE(NEW.foreign_spent, NEW.spent) END
    FROM programs_placement p WHERE p.id = NEW.placement_id;
END;
CREATE TRIGGER programs_promise_money_gone AFTER DELETE ON programs_fundingline
BEGIN
  INSERT INTO programs_promise_money
    SELECT OLD.source_id, OLD.fiscal_year, OLD.category_id, OLD.currency,
           -(CASE WHEN p.state IN ({live}) THEN COALESCE(OLD.foreign_amount, OLD.amount)
                  ELSE COALESCE(OLD.foreign_spent, OLD.spent) END)
    FROM programs_placement p WHERE p.id = OLD.placement_id;
END;
-- A line that stays where it is gives back, or takes, the difference only.
CREATE TRIGGER programs_promise_money_moved
AFTER UPDATE OF amount, spent, foreign_amount, foreign_spent ON programs_fundingline
WHEN (OLD.source_id, OLD.fiscal_year, OLD.category_id, OLD.currency, OLD.placement_id)
   = (NEW.source_id, NEW.fiscal_year, NEW.category_id, NEW.currency, NEW.placement_id)
BEGIN
  INSERT INTO programs_promise_money
    SELECT NEW.source_id, NEW.fiscal_year, NEW.category_id, NEW.currency,
           CASE WHEN p.state IN ({live})
                THEN COALESCE(NEW.foreign_amount, NEW.amount)
                   - COALESCE(OLD.foreign_amount, OLD.amount)
                ELSE COALESCE(NEW.foreign_spent, NEW.spent)
                   - COALESCE(OLD.foreign_spent, OLD.spent) END
    FROM programs_placement p WHERE p.id = NEW.placement_id;
END;
CREATE TRIGGER programs_promise_money_replaced
AFTER UPDATE OF source_id, fiscal_year, category_id, currency, placement_id
ON programs_fundingline
WHEN (OLD.source_id, OLD.fiscal_year, OLD.category_id, OLD.currency, OLD.placement_id)
  <> (NEW.source_id, NEW.fiscal_year, NEW.category_id, NEW.currency, NEW.placement_id)
BEGIN
  INSERT INTO programs_promise_money
    SELECT OLD.source_id, OLD.fiscal_year, OLD.category_id, OLD.currency,
           -(CASE WHEN p.state IN ({live}) THEN COALESCE(OLD.foreign_amount, OLD.amount)
                  ELSE COALESCE(OLD.foreign_spent, OLD.spent) END)
    FROM programs_placement p WHERE p.id = OLD.placement_id;
  INSERT INTO programs_promise_money
    SELECT NEW.source_id, NEW.fiscal_year, NEW.category_id, NEW.currency,
           CASE WHEN p.state IN ({live}) THEN COALESCE(NEW.foreign_amount, NEW.amount)
                ELSE COALESCE(NEW.foreign_spent, NEW.spent) END
    FROM programs_placement p WHERE p.id = NEW.placement_id;
END;
CREATE TRIGGER programs_promise_money_freed AFTER UPDATE OF state ON programs_placement
WHEN (OLD.state IN ({live})) <> (NEW.state IN ({live}))
BEGIN
  INSERT INTO programs_promise_money
    SELECT f.source_id, f.fiscal_year, f.category_id, f.currency,
           (COALESCE(f.foreign_amount, f.amount) - COALESCE(f.foreign_spent, f.spent))
           * CASE WHEN NEW.state IN ({live}) THEN 1 ELSE -1 END
    FROM programs_fundingline f WHERE f.placement_id = NEW.id;
END;

-- Decimals are floats here: a share may be off by less than a hundredth of its cents.
CREATE VIEW programs_promise_share AS
  SELECT NULL AS id, NULL AS program_id, NULL AS category_id, NULL AS percent,
    NULL AS condition;
CREATE TRIGGER programs_promise_share_check INSTEAD OF INSERT ON programs_promise_share
WHEN NEW.percent <= 100
BEGIN
  SELECT RAISE(ABORT, 'funding_shares_are_at_most_all')
    WHERE NEW.percent + (
      SELECT COALESCE(sum(r.percent), 0) FROM programs_fundingrule r
      WHERE r.program_id = NEW.program_id AND r.category_id = NEW.category_id
        AND r.condition IN ('', NEW.condition) AND r.id <> NEW.id) > 100.0001;
END;
CREATE TRIGGER programs_promise_share_made BEFORE INSERT ON programs_fundingrule
BEGIN
  INSERT INTO programs_promise_share
    VALUES (
      NEW.id, NEW.program_id, NEW.category_id, NEW.percent, NEW.condition);
END;
CREATE TRIGGER programs_promise_share_moved BEFORE UPDATE ON programs_fundingrule
BEGIN
  INSERT INTO programs_promise_share
    VALUES (
      NEW.id, NEW.program_id, NEW.category_id, NEW.percent, NEW.condition);
END;

CREATE TRIGGER programs_promise_slot_moved AFTER UPDATE OF state ON programs_slot
WHEN NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn'
BEGIN
  SELECT RAISE(ABORT, 'withdrawn_slot_holds_nobody') FROM programs_placement p
    WHERE p.slot_id = NEW.id AND p.state IN ({live});
END;
CREATE TRIGGER programs_promise_slot_left BEFORE UPDATE OF starts_on, ends_on, route_id
ON programs_slot
BEGIN
  INSERT INTO programs_promise_draw
    SELECT id, -1 FROM programs_placement WHERE slot_id = OLD.id;
END;
CREATE TRIGGER programs_promise_slot_held AFTER UPDATE OF starts_on, ends_on, route_id
ON programs_slot
BEGIN
  INSERT INTO programs_promise_draw
    SELECT id, 1 FROM programs_placement WHERE slot_id = NEW.id;
  -- What was too much before stays; what is new, in another year or on other days, has to
  -- have room.
  SELECT RAISE(ABORT, 'agreement_keeps_its_people')
    FROM programs_placement p JOIN programs_agreement a ON a.id = p.agreement_id
    JOIN programs_promise_drawn d ON d.what = 'agreement' AND d.thing = a.id
      AND d.year = substr(NEW.starts_on, 1, 4) + 0
    WHERE p.slot_id = NEW.id AND p.state IN ({live}) AND p.own_starts_on IS NULL
      AND substr(NEW.starts_on, 1, 4) <> substr(OLD.starts_on, 1, 4)
      AND a.yearly_cap < d.people;
  SELECT RAISE(ABORT, 'agreement_keeps_its_months')
    FROM programs_promise_draws mine JOIN programs_placement p ON p.id = mine.placement_id
    JOIN programs_agreement a ON a.id = mine.thing
    JOIN programs_promise_drawn d ON d.what = mine.what AND d.thing = mine.thing
      AND d.year = mine.year
    WHERE p.slot_id = NEW.id AND p.own_starts_on IS NULL
      AND mine.tenths > max(0, round(
        (julianday(min(OLD.ends_on, (mine.year + 1) || '-01-01'))
         - julianday(max(OLD.starts_on, mine.year || '-01-01'))) / (365.25 / 12) * 10))
      AND a.yearly_person_months * 10 < d.tenths;
  INSERT INTO programs_promise_cap
    SELECT p.id, CASE WHEN OLD.route_id IS NOT NULL THEN g.priority_sector END,
           OLD.route_id, OLD.starts_on, OLD.ends_on
    FROM programs_placement p
    JOIN programs_intake i ON i.id = OLD.intake_id
    JOIN programs_program g ON g.id = i.program_id
    WHERE p.slot_id = NEW.id AND p.state IN ({live}) AND (
      OLD.starts_on <> NEW.starts_on OR OLD.ends_on <> NEW.ends_on
      OR OLD.route_id IS NOT NEW.route_id);
END;
-- A program of another sector brings its stays under the caps of that sector.
CREATE TRIGGER programs_promise_sector_moved AFTER UPDATE OF priority_sector
ON programs_program WHEN NEW.priority_sector <> OLD.priority_sector
BEGIN
  INSERT INTO programs_promise_cap
    SELECT p.id, OLD.priority_sector, NULL, NULL, NULL
    FROM programs_placement p
    JOIN programs_slot s ON s.id = p.slot_id AND s.route_id IS NOT NULL
    JOIN programs_intake i ON i.id = s.intake_id
    WHERE i.program_id = NEW.id AND p.state IN ({live});
END;
CREATE TRIGGER programs_promise_slot_dated
AFTER UPDATE OF starts_on, ends_on, route_id, country_id ON programs_slot
WHEN OLD.starts_on <> NEW.starts_on OR OLD.ends_on <> NEW.ends_on
  OR OLD.route_id IS NOT NEW.route_id OR OLD.country_id <> NEW.country_id
BEGIN
  INSERT INTO programs_promise_stay
    SELECT p.id, a.participant_id FROM programs_placement p
    JOIN programs_application a ON a.id = p.application_id
    WHERE p.slot_id = NEW.id AND p.state IN ({live});
END;
CREATE TRIGGER programs_promise_intake_moved AFTER UPDATE OF state ON programs_intake
WHEN NEW.state = 'cancelled' AND OLD.state <> 'cancelled'
BEGIN
  SELECT RAISE(ABORT, 'cancelled_intake_holds_nobody') FROM programs_placement p
    JOIN programs_slot s ON s.id = p.slot_id
    WHERE s.intake_id = NEW.id AND p.state IN ({live});
END;
