-- What PostgreSQL itself keeps, whoever writes. Each check first locks what it counts,
-- in the order of programs/domain/claims.py, and then counts the committed rows anew:
-- two transactions that draw on the same thing take turns. Giving something back needs
-- no lock. {live} are the states in which a place holds its seat and its money.

CREATE OR REPLACE FUNCTION programs_broken(promise text, thing text)
RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  RAISE EXCEPTION '%: %', promise, thing
    USING ERRCODE = 'check_violation', CONSTRAINT = promise;
END $f$;

CREATE OR REPLACE FUNCTION programs_stays_hold(places uuid[])
RETURNS void LANGUAGE plpgsql AS $f$
DECLARE humans uuid[]; wrong uuid;
BEGIN
  -- One human may be registered by several institutions: its key tells.
  humans := ARRAY(
    SELECT a.participant_id FROM programs_placement p
    JOIN programs_application a ON a.id = p.application_id
    WHERE p.id = ANY(places)
    UNION
    SELECT other.id FROM programs_placement p
    JOIN programs_application a ON a.id = p.application_id
    JOIN programs_participant h ON h.id = a.participant_id
    JOIN programs_participant other ON other.human_key = h.human_key
    WHERE p.id = ANY(places) AND h.human_key <> '');
  PERFORM 1 FROM programs_participant h
    WHERE h.id = ANY(humans) ORDER BY h.id FOR NO KEY UPDATE;
  WITH stay AS (
    -- Its own days, where they were changed by consent, or those of its slot.
    SELECT p.id, COALESCE(p.own_starts_on, s.starts_on) AS starts_on,
           COALESCE(p.own_ends_on, s.ends_on) AS ends_on,
           COALESCE(NULLIF(h.human_key, ''), h.id::text) AS human,
           s.country_id AS country, COALESCE(r.travel_days, 0) AS travel
    FROM programs_participant h
    JOIN programs_application a ON a.participant_id = h.id
    JOIN programs_placement p ON p.application_id = a.id
    JOIN programs_slot s ON s.id = p.slot_id
    LEFT JOIN programs_immigrationroute r ON r.id = s.route_id
    WHERE h.id = ANY(humans) AND p.state IN ({live})),
  -- Between two countries there is the journey back, and the journey out.
  pair AS (
    SELECT one.id, one.starts_on, one.ends_on, two.starts_on AS begins,
           two.ends_on AS ends, CASE WHEN one.country = two.country THEN 0
                                     ELSE one.travel + two.travel END AS gap
    FROM stay one JOIN stay two ON two.human = one.human AND two.id <> one.id)
  SELECT one.id INTO wrong FROM pair one
    WHERE one.id = ANY(places)
      AND one.begins < one.ends_on + one.gap AND one.starts_on < one.ends + one.gap
    LIMIT 1;
  IF wrong IS NOT NULL THEN
    PERFORM programs_broken('one_stay_at_a_time', wrong::text);
  END IF;
  SELECT one.id INTO wrong
    FROM programs_placement one JOIN programs_application a ON a.id = one.application_id
    JOIN programs_participant h ON h.id = a.participant_id AND h.human_key <> ''
    JOIN programs_participant twin ON twin.human_key = h.human_key AND twin.id <> h.id
    JOIN programs_application b ON b.participant_id = twin.id
      AND b.intake_id = a.intake_id
    JOIN programs_placement two ON two.application_id = b.id AND two.state IN ({live})
    WHERE one.id = ANY(places) AND one.state IN ({live}) LIMIT 1;
  IF wrong IS NOT NULL THEN
    PERFORM programs_broken('one_place_in_an_intake', wrong::text);
  END IF;
END $f$;

-- Tenths of months of a stay in a calendar year, as plans count them.
CREATE OR REPLACE FUNCTION programs_tenths(first date, after date, in_year int)
RETURNS int LANGUAGE sql IMMUTABLE AS $f$
  SELECT GREATEST(0, ROUND(
    (LEAST(after, make_date(in_year + 1, 1, 1)) - GREATEST(first, make_date(in_year, 1, 1)))
    / (365.25 / 12) * 10)::int)
$f$;

-- Caps of routes: people who enter in a period, and people who stay on one day of it.
-- Most people stay on the first day of some stay, or of the period, or from the day on
-- that was not a day of theirs. Of places that were there before (of a slot of this
-- route, these days, this sector) only what is new is looked at: a null sector says that
-- they counted nowhere, a null route or day that it is as it was.
DROP FUNCTION IF EXISTS programs_caps_hold(uuid[], uuid[]);
CREATE OR REPLACE FUNCTION programs_caps_hold(
  places uuid[], routes uuid[], was_sector text, was_route uuid, was_first date, was_after date)
RETURNS void LANGUAGE plpgsql AS $f$
DECLARE wrong uuid;
BEGIN
  WITH stay AS (
    SELECT c.id AS cap, c.counts, c.most, c.is_yearly, p.id, c.valid_from AS opens,
           COALESCE(was_sector IS NOT NULL AND c.sector IN ('', was_sector)
             AND c.route_id = COALESCE(was_route, s.route_id), false) AS counted,
           COALESCE(p.own_starts_on, was_first, s.starts_on) AS old_first,
           LEAST(COALESCE(p.own_ends_on, was_after, s.ends_on), c.valid_to) AS old_after,
           COALESCE(p.own_starts_on, was_first, s.starts_on) < COALESCE(c.valid_to, 'infinity')
             AND COALESCE(p.own_starts_on, was_first, s.starts_on) >= c.valid_from AS entered,
           COALESCE(p.own_starts_on, s.starts_on) AS first,
           LEAST(COALESCE(p.own_ends_on, s.ends_on), c.valid_to) AS after,
           COALESCE(p.own_starts_on, s.starts_on) < COALESCE(c.valid_to, 'infinity')
             AND COALESCE(p.own_starts_on, s.starts_on) >= c.valid_from AS enters
    FROM programs_routecap c
    JOIN programs_slot s ON s.route_id = c.route_id
    JOIN programs_intake i ON i.id = s.intake_id
    JOIN programs_program g ON g.id = i.program_id AND c.sector IN ('', g.priority_sector)
    JOIN programs_placement p ON p.slot_id = s.id AND p.state IN ({live})
    WHERE c.route_id = ANY(routes)),
  mine AS (SELECT * FROM stay WHERE id = ANY(places)),
  entry AS (
    SELECT DISTINCT cap, most, is_yearly, EXTRACT(year FROM first) AS in_year
    FROM mine WHERE counts = 'entries' AND enters
      AND NOT (counted AND entered AND (NOT is_yearly
        OR EXTRACT(year FROM old_first) = EXTRACT(year FROM first)))),
  day AS (
    SELECT DISTINCT mine.cap, mine.most, d.on_day
    FROM mine JOIN stay other ON other.cap = mine.cap
    CROSS JOIN LATERAL (VALUES (GREATEST(other.first, other.opens)),
                               (GREATEST(mine.old_after, mine.opens))) AS d(on_day)
    WHERE mine.counts = 'staying'
      AND d.on_day >= GREATEST(mine.first, mine.opens) AND d.on_day < mine.after
      AND NOT (mine.counted AND d.on_day >= mine.old_first AND d.on_day < mine.old_after))
  SELECT cap INTO wrong FROM (
    SELECT e.cap FROM entry e WHERE e.most <
      (SELECT count(*) FROM stay t WHERE t.cap = e.cap AND t.enters
         AND (NOT e.is_yearly OR EXTRACT(year FROM t.first) = e.in_year))
    UNION ALL
    SELECT d.cap FROM day d WHERE d.most <
      (SELECT count(*) FROM stay t
       WHERE t.cap = d.cap AND t.first <= d.on_day AND t.after > d.on_day)) broken
    LIMIT 1;
  IF wrong IS NOT NULL THEN
    PERFORM programs_broken('route_keeps_its_people', wrong::text);
  END IF;
END $f$;

CREATE OR REPLACE FUNCTION programs_places_hold(places uuid[])
RETURNS void LANGUAGE plpgsql AS $f$
DECLARE slots uuid[]; agreements uuid[]; routes uuid[];
BEGIN
  slots := ARRAY(SELECT DISTINCT p.slot_id FROM programs_placement p
                 WHERE p.id = ANY(places));
  PERFORM 1 FROM programs_intake i
    WHERE i.id IN (SELECT s.intake_id FROM programs_slot s WHERE s.id = ANY(slots))
    ORDER BY i.id FOR SHARE;
  PERFORM 1 FROM programs_slot s
    WHERE s.id = ANY(slots) ORDER BY s.id FOR NO KEY UPDATE;
  agreements := ARRAY(SELECT DISTINCT p.agreement_id FROM programs_placement p
                      WHERE p.id = ANY(places) AND p.agreement_id IS NOT NULL);
  PERFORM 1 FROM programs_agreement a
    WHERE a.id = ANY(agreements) ORDER BY a.id FOR NO KEY UPDATE;
  routes := ARRAY(SELECT DISTINCT s.route_id FROM programs_slot s
                  JOIN programs_routecap c ON c.route_id = s.route_id
                  WHERE s.id = ANY(slots));
  PERFORM 1 FROM programs_immigrationroute r
    WHERE r.id = ANY(routes) ORDER BY r.id FOR NO KEY UPDATE;

  PERFORM programs_broken('withdrawn_slot_holds_nobody', s.id::text)
    FROM programs_slot s WHERE s.id = ANY(slots) AND s.state = 'withdrawn' LIMIT 1;
  PERFORM programs_broken('cancelled_intake_holds_nobody', i.id::text)
    FROM programs_intake i JOIN programs_slot s ON s.intake_id = i.id
    WHERE s.id = ANY(slots) AND i.state = 'cancelled' LIMIT 1;
  PERFORM programs_broken('slot_has_a_seat_for_everybody', s.id::text)
    FROM programs_slot s
    WHERE s.id = ANY(slots) AND s.capacity_max <
      (SELECT count(*) FROM programs_placement p
       WHERE p.slot_id = s.id AND p.state IN ({live})) LIMIT 1;
  PERFORM programs_broken('agreement_keeps_its_people', a.id::text)
    FROM programs_agreement a
    JOIN (SELECT DISTINCT p.agreement_id,
                 EXTRACT(year FROM COALESCE(p.own_starts_on, s.starts_on))::int AS in_year
          FROM programs_placement p JOIN programs_slot s ON s.id = p.slot_id
          WHERE p.id = ANY(places)) g ON g.agreement_id = a.id
    WHERE a.yearly_cap <
      (SELECT count(*) FROM programs_placement p
       JOIN programs_slot s ON s.id = p.slot_id
       WHERE p.agreement_id = a.id AND p.state IN ({live})
         AND EXTRACT(year FROM COALESCE(p.own_starts_on, s.starts_on)) = g.in_year) LIMIT 1;
  PERFORM programs_broken('agreement_keeps_its_months', a.id::text)
    FROM programs_agreement a
    JOIN (SELECT DISTINCT p.agreement_id, y.in_year
          FROM programs_placement p JOIN programs_slot s ON s.id = p.slot_id
          CROSS JOIN LATERAL generate_series(
            EXTRACT(year FROM COALESCE(p.own_starts_on, s.starts_on))::int,
            EXTRACT(year FROM COALESCE(p.own_ends_on, s.ends_on))::int) AS y(in_year)
          WHERE p.id = ANY(places)) g ON g.agreement_id = a.id
    WHERE a.yearly_person_months * 10 <
      (SELECT sum(programs_tenths(COALESCE(p.own_starts_on, s.starts_on),
                                  COALESCE(p.own_ends_on, s.ends_on), g.in_year))
       FROM programs_placement p JOIN programs_slot s ON s.id = p.slot_id
       WHERE p.agreement_id = a.id AND p.state IN ({live})) LIMIT 1;
  IF cardinality(routes) > 0 THEN
    PERFORM programs_caps_hold(places, routes, NULL, NULL, NULL, NULL);
  END IF;
  PERFORM programs_stays_hold(places);
END $f$;

-- The lines of a source in a year pay their category first, the line for any category
-- pays the rest. What is taken from a line in its own currency is counted in that; only
-- where two currencies meet, each is worth its highest planning rate here, and the verbs
-- judge by the rate of the day.
CREATE OR REPLACE FUNCTION programs_rate(of_currency text) RETURNS numeric
LANGUAGE sql STABLE AS $f$
  SELECT CASE WHEN of_currency = 'IDR' THEN 1 ELSE COALESCE(
    (SELECT max(r.rate) FROM programs_exchangerate r
     WHERE r.currency = of_currency AND r.kind = 'planning'), 0) END
$f$;
CREATE OR REPLACE FUNCTION programs_money_holds(sources uuid[], years int[], purposes text[])
RETURNS void LANGUAGE plpgsql AS $f$
DECLARE wrong uuid;
BEGIN
  PERFORM 1 FROM programs_fundingsource f
    WHERE f.id = ANY(sources) ORDER BY f.id FOR NO KEY UPDATE;
  WITH asked AS (
    SELECT DISTINCT * FROM unnest(sources, years, purposes) AS g(source, in_year, purpose)),
  own AS (
    SELECT f.source_id AS source, f.fiscal_year AS in_year, f.category_id AS purpose,
           f.currency,
           sum(CASE WHEN p.state IN ({live}) THEN COALESCE(f.foreign_amount, f.amount)
                    ELSE COALESCE(f.foreign_spent, f.spent) END) AS amount
    FROM programs_fundingline f JOIN programs_placement p ON p.id = f.placement_id
    WHERE (f.source_id, f.fiscal_year) IN (SELECT source, in_year FROM asked)
    GROUP BY 1, 2, 3, 4),
  used AS (
    SELECT source, in_year, purpose, sum(amount * programs_rate(currency)) AS amount
    FROM own GROUP BY 1, 2, 3),
  line AS (
    SELECT l.source_id AS source, l.fiscal_year AS in_year, l.category_id AS purpose,
           CASE WHEN l.amount IS NULL THEN 'Infinity'::numeric
                ELSE l.amount * programs_rate(l.currency)
           END AS amount
    FROM programs_budgetline l
    WHERE (l.source_id, l.fiscal_year) IN (SELECT source, in_year FROM asked)),
  rest AS (
    SELECT u.source, u.in_year, u.purpose,
           GREATEST(0, u.amount - COALESCE(l.amount, 0)) AS amount
    FROM used u LEFT JOIN line l USING (source, in_year, purpose)
    WHERE l.amount IS DISTINCT FROM 'Infinity'::numeric)
  SELECT r.source INTO wrong
    FROM (SELECT source, in_year, sum(amount) AS amount FROM rest GROUP BY 1, 2) r
    LEFT JOIN line l ON l.source = r.source AND l.in_year = r.in_year AND l.purpose IS NULL
    WHERE r.amount > COALESCE(l.amount, 0)
      AND EXISTS (SELECT 1 FROM asked JOIN rest USING (source, in_year, purpose)
                  WHERE asked.source = r.source AND asked.in_year = r.in_year
                    AND rest.amount > 0) LIMIT 1;
  IF wrong IS NOT NULL THEN
    PERFORM programs_broken('budget_is_not_overspent', wrong::text);
  END IF;
END $f$;

CREATE OR REPLACE FUNCTION programs_placement_made() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE places uuid[];
BEGIN
  places := ARRAY(SELECT id FROM made WHERE state IN ({live}));
  IF cardinality(places) > 0 THEN PERFORM programs_places_hold(places); END IF;
  RETURN NULL;
END $f$;

CREATE OR REPLACE FUNCTION programs_placement_moved() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE places uuid[]; revived uuid[];
BEGIN
  places := ARRAY(SELECT n.id FROM now_ n JOIN was o USING (id)
    WHERE n.state IN ({live}) AND (o.state NOT IN ({live}) OR o.slot_id <> n.slot_id
      OR o.application_id <> n.application_id
      OR o.agreement_id IS DISTINCT FROM n.agreement_id
      OR (o.own_starts_on, o.own_ends_on) IS DISTINCT FROM (n.own_starts_on, n.own_ends_on)));
  IF cardinality(places) = 0 THEN RETURN NULL; END IF;
  PERFORM programs_places_hold(places);
  revived := ARRAY(SELECT id FROM was WHERE id = ANY(places) AND state NOT IN ({live}));
  PERFORM programs_money_holds(array_agg(f.source_id), array_agg(f.fiscal_year::int),
                               array_agg(f.category_id::text))
    FROM programs_fundingline f WHERE f.placement_id = ANY(revived) AND f.amount > f.spent
    HAVING count(*) > 0;
  RETURN NULL;
END $f$;

CREATE OR REPLACE FUNCTION programs_money_made() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM programs_money_holds(array_agg(g.source_id), array_agg(g.fiscal_year::int),
                               array_agg(g.category_id::text))
    FROM (SELECT DISTINCT m.source_id, m.fiscal_year, m.category_id
          FROM made m JOIN programs_placement p ON p.id = m.placement_id
          WHERE p.state IN ({live}) AND m.amount > 0 OR m.spent > 0) g
    HAVING count(*) > 0;
  RETURN NULL;
END $f$;

CREATE OR REPLACE FUNCTION programs_money_moved() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM programs_money_holds(array_agg(g.source_id), array_agg(g.fiscal_year::int),
                               array_agg(g.category_id::text))
    FROM (SELECT DISTINCT n.source_id, n.fiscal_year, n.category_id
          FROM now_ n JOIN was o USING (id)
          JOIN programs_placement p ON p.id = n.placement_id
          WHERE (n.source_id, n.fiscal_year, n.category_id, n.placement_id, n.currency)
                IS DISTINCT FROM
                (o.source_id, o.fiscal_year, o.category_id, o.placement_id, o.currency)
             OR CASE WHEN p.state IN ({live})
                     THEN COALESCE(n.foreign_amount, n.amount)
                        > COALESCE(o.foreign_amount, o.amount)
                     ELSE COALESCE(n.foreign_spent, n.spent)
                        > COALESCE(o.foreign_spent, o.spent) END) g
    HAVING count(*) > 0;
  RETURN NULL;
END $f$;

-- Whoever moves the days of a slot, or its route, moves the stays in it. What was too
-- much before stays; what is new, in another year or on other days, has to have room.
CREATE OR REPLACE FUNCTION programs_slot_moved() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE places uuid[]; agreements uuid[]; routes uuid[];
BEGIN
  IF NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn' THEN
    PERFORM programs_broken('withdrawn_slot_holds_nobody', NEW.id::text)
      FROM programs_placement p
      WHERE p.slot_id = NEW.id AND p.state IN ({live}) LIMIT 1;
  END IF;
  IF (NEW.starts_on, NEW.ends_on, NEW.route_id, NEW.country_id) IS NOT DISTINCT FROM
     (OLD.starts_on, OLD.ends_on, OLD.route_id, OLD.country_id) THEN
    RETURN NULL;
  END IF;
  places := ARRAY(SELECT p.id FROM programs_placement p
                  WHERE p.slot_id = NEW.id AND p.state IN ({live}));
  IF cardinality(places) = 0 THEN RETURN NULL; END IF;
  agreements := ARRAY(SELECT DISTINCT p.agreement_id FROM programs_placement p
    WHERE p.id = ANY(places) AND p.own_starts_on IS NULL AND p.agreement_id IS NOT NULL);
  PERFORM 1 FROM programs_agreement a
    WHERE a.id = ANY(agreements) ORDER BY a.id FOR NO KEY UPDATE;
  routes := ARRAY(SELECT DISTINCT c.route_id FROM programs_routecap c
                  WHERE c.route_id = NEW.route_id);
  PERFORM 1 FROM programs_immigrationroute r WHERE r.id = ANY(routes) FOR NO KEY UPDATE;
  PERFORM programs_broken('agreement_keeps_its_people', a.id::text)
    FROM programs_agreement a
    WHERE a.id = ANY(agreements)
      AND EXTRACT(year FROM NEW.starts_on) <> EXTRACT(year FROM OLD.starts_on)
      AND a.yearly_cap <
      (SELECT count(*) FROM programs_placement p
       JOIN programs_slot s ON s.id = p.slot_id
       WHERE p.agreement_id = a.id AND p.state IN ({live})
         AND EXTRACT(year FROM COALESCE(p.own_starts_on, s.starts_on))
           = EXTRACT(year FROM NEW.starts_on)) LIMIT 1;
  PERFORM programs_broken('agreement_keeps_its_months', a.id::text)
    FROM programs_agreement a
    CROSS JOIN generate_series(EXTRACT(year FROM NEW.starts_on)::int,
                               EXTRACT(year FROM NEW.ends_on)::int) AS y(in_year)
    WHERE a.id = ANY(agreements)
      AND programs_tenths(NEW.starts_on, NEW.ends_on, y.in_year)
        > programs_tenths(OLD.starts_on, OLD.ends_on, y.in_year)
      AND a.yearly_person_months * 10 <
      (SELECT sum(programs_tenths(COALESCE(p.own_starts_on, s.starts_on),
                                  COALESCE(p.own_ends_on, s.ends_on), y.in_year))
       FROM programs_placement p JOIN programs_slot s ON s.id = p.slot_id
       WHERE p.agreement_id = a.id AND p.state IN ({live})) LIMIT 1;
  IF cardinality(routes) > 0 THEN
    PERFORM programs_caps_hold(places, routes, CASE WHEN OLD.route_id IS NOT NULL
      THEN (SELECT g.priority_sector FROM programs_program g
            JOIN programs_intake i ON i.program_id = g.id WHERE i.id = OLD.intake_id) END,
      OLD.route_id, OLD.starts_on, OLD.ends_on);
  END IF;
  PERFORM programs_stays_hold(places);
  RETURN NULL;
END $f$;

-- A program of another sector brings its stays under the caps of that sector.
CREATE OR REPLACE FUNCTION programs_sector_moved() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE places uuid[]; routes uuid[];
BEGIN
  routes := ARRAY(SELECT DISTINCT s.route_id FROM programs_slot s
                  JOIN programs_intake i ON i.id = s.intake_id
                  JOIN programs_routecap c ON c.route_id = s.route_id
                  WHERE i.program_id = NEW.id AND c.sector = NEW.priority_sector);
  IF cardinality(routes) = 0 THEN RETURN NULL; END IF;
  PERFORM 1 FROM programs_immigrationroute r
    WHERE r.id = ANY(routes) ORDER BY r.id FOR NO KEY UPDATE;
  places := ARRAY(SELECT p.id FROM programs_placement p
                  JOIN programs_slot s ON s.id = p.slot_id
                  JOIN programs_intake i ON i.id = s.intake_id
                  WHERE i.program_id = NEW.id AND s.route_id = ANY(routes)
                    AND p.state IN ({live}));
  PERFORM programs_caps_hold(places, routes, OLD.priority_sector, NULL, NULL, NULL);
  RETURN NULL;
END $f$;

CREATE OR REPLACE FUNCTION programs_intake_moved() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF NEW.state = 'cancelled' AND OLD.state <> 'cancelled' THEN
    PERFORM programs_broken('cancelled_intake_holds_nobody', NEW.id::text)
      FROM programs_placement p JOIN programs_slot s ON s.id = p.slot_id
      WHERE s.intake_id = NEW.id AND p.state IN ({live}) LIMIT 1;
  END IF;
  RETURN NULL;
END $f$;

-- Whoever changes a budget claims its source, like whoever draws on it.
CREATE OR REPLACE FUNCTION programs_budget_moved() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM 1 FROM programs_fundingsource f
    WHERE f.id = COALESCE(NEW.source_id, OLD.source_id) FOR NO KEY UPDATE;
  RETURN COALESCE(NEW, OLD);
END $f$;

-- Whoever comes second waits for the row of the program, and then sees the first share.
CREATE OR REPLACE FUNCTION programs_shares_hold() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM 1 FROM programs_program p WHERE p.id = NEW.program_id FOR NO KEY UPDATE;
  IF NEW.percent <= 100 AND NEW.percent + (
      SELECT COALESCE(sum(r.percent), 0) FROM programs_fundingrule r
      WHERE r.program_id = NEW.program_id AND r.category_id = NEW.category_id
        AND r.condition IN ('', NEW.condition) AND r.id <> NEW.id) > 100 THEN
    PERFORM programs_broken('funding_shares_are_at_most_all', NEW.id::text);
  END IF;
  RETURN NEW;
END $f$;

DROP TRIGGER IF EXISTS funding_shares_are_at_most_all ON programs_fundingrule;
CREATE TRIGGER programs_promise_shares BEFORE INSERT OR UPDATE
  ON programs_fundingrule FOR EACH ROW EXECUTE FUNCTION programs_shares_hold();
CREATE TRIGGER programs_promise_made AFTER INSERT ON programs_placement
  REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION programs_placement_made();
CREATE TRIGGER programs_promise_moved AFTER UPDATE ON programs_placement
  REFERENCING OLD TABLE AS was NEW TABLE AS now_
  FOR EACH STATEMENT EXECUTE FUNCTION programs_placement_moved();
CREATE TRIGGER programs_promise_made AFTER INSERT ON programs_fundingline
  REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION programs_money_made();
CREATE TRIGGER programs_promise_moved AFTER UPDATE ON programs_fundingline
  REFERENCING OLD TABLE AS was NEW TABLE AS now_
  FOR EACH STATEMENT EXECUTE FUNCTION programs_money_moved();
CREATE TRIGGER programs_promise_moved
  AFTER UPDATE OF state, starts_on, ends_on, route_id, country_id
  ON programs_slot FOR EACH ROW EXECUTE FUNCTION programs_slot_moved();
CREATE TRIGGER programs_promise_moved AFTER UPDATE OF priority_sector
  ON programs_program FOR EACH ROW WHEN (NEW.priority_sector <> OLD.priority_sector)
  EXECUTE FUNCTION programs_sector_moved();
CREATE TRIGGER programs_promise_moved AFTER UPDATE OF state
  ON programs_intake FOR EACH ROW EXECUTE FUNCTION programs_intake_moved();
CREATE TRIGGER programs_promise_moved BEFORE INSERT OR UPDATE OR DELETE
  ON programs_budgetline FOR EACH ROW EXECUTE FUNCTION programs_budget_moved();
