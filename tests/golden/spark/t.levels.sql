CREATE TABLE `unit holders` AS
SELECT u.bucket, u.unit, u.holder, u.valid_from, u.valid_to
FROM `units` AS u JOIN `organisations` AS o
  ON o.subject = u.holder AND o.bucket = u.holder_bucket
WHERE o.form = 'organisation' AND o.known_from <= 7 AND (o.known_to IS NULL OR 7 < o.known_to) AND u.known_from <= 7 AND (u.known_to IS NULL OR 7 < u.known_to);

CREATE TABLE `subjects` AS
SELECT row_number() OVER (ORDER BY bucket, subject) AS _s, subject
FROM `organisations`
WHERE bucket BETWEEN 256 AND 511 AND form = 'organisation' AND known_from <= 7 AND (known_to IS NULL OR 7 < known_to);

CREATE TABLE `unit subjects` AS
SELECT row_number() OVER (ORDER BY bucket, unit) AS _s, unit AS subject
FROM (SELECT DISTINCT bucket, unit FROM `unit holders` WHERE bucket BETWEEN 256 AND 511) AS held;

CREATE TABLE `facts/t.closing known` AS
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  `link_after` AS `link_after`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `decided` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.closing/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to);

CREATE TABLE `facts/t.penalty known` AS
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `day` AS date,
  `sum` AS `amount`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `day` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.penalty/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to)
UNION ALL
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  `amount` AS `amount`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `decided` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.penalty/v2` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to);

CREATE TABLE `facts/t.raise` AS
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `decided` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.raise/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to);

CREATE TABLE `facts/t.repair` AS
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  `link_of` AS `link_of`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `decided` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.repair/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to);

CREATE TABLE `facts/t.ruling` AS
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  `link_of` AS `link_of`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `decided` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.ruling/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to);

CREATE TABLE `facts/t.penalty after annulments` AS
SELECT f._s, f.record, f.known_from, f.date, f.act, f.certainty, f.`amount`, f.cured, f.ended,
  f._counts AND m.record IS NULL AS _counts, f._gone OR (f._counts AND m.record IS NOT NULL) AS _gone
FROM `facts/t.penalty known` AS f LEFT JOIN (
  SELECT _s, record, min(date) AS date FROM (SELECT _s, `link_of` AS record, date FROM `facts/t.ruling` WHERE _counts) AS marking
  WHERE record IS NOT NULL GROUP BY _s, record
) AS m ON m._s = f._s AND m.record = f.record;

CREATE TABLE `facts/t.closing` AS
SELECT f._s, f.record, f.known_from, f.date, f.act, f.certainty, f.`link_after`, f.cured, f.ended,
  f._counts AND g.record IS NULL AS _counts, f._gone OR (f._counts AND g.record IS NOT NULL) AS _gone
FROM `facts/t.closing known` AS f LEFT JOIN (
  SELECT DISTINCT r._s, r.record FROM `facts/t.closing known` AS r JOIN `facts/t.penalty after annulments` AS t ON t._s = r._s AND t.record = r.`link_after` WHERE t._gone
) AS g ON g._s = f._s AND g.record = f.record;

CREATE TABLE `facts/t.penalty` AS
SELECT f._s, f.record, f.known_from, f.date, f.act, f.certainty, f.`amount`, least(f.cured, c.date) AS cured, f.ended AS ended,
  f._counts, f._gone
FROM `facts/t.penalty after annulments` AS f
LEFT JOIN (
  SELECT _s, record, min(date) AS date FROM (SELECT _s, `link_of` AS record, date FROM `facts/t.repair` WHERE _counts) AS marking
  WHERE record IS NOT NULL GROUP BY _s, record
) AS c ON c._s = f._s AND c.record = f.record;

CREATE TABLE `keys` AS
SELECT _s AS _k, _s, subject AS organisation, CAST(NULL AS STRING) AS unit, CAST(NULL AS DATE) AS opened
FROM `subjects`;

CREATE TABLE `values of indicators` AS
WITH `records of t.closing` AS (
  SELECT f._s AS _k, f.date, f.known_from, f.record, f.act, f.certainty
  FROM `facts/t.closing` AS f
  WHERE f._counts AND f.date <= DATE '2025-06-30'
),
`over records` AS (
  SELECT k._k, k.opened AS _opened, i0._sure AS _sure,
    CASE WHEN i0._k IS NULL THEN FALSE ELSE i0.v END AS `open`
  FROM `keys` AS k
  LEFT JOIN (SELECT _k, CASE WHEN bool_or(_certain) THEN TRUE END AS v, min(_sure) AS _sure
  FROM (SELECT _k, TRUE AS _certain, _rank AS _sure FROM (SELECT _k, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.closing`) AS hit) AS hits GROUP BY _k) AS i0 ON i0._k = k._k
)
SELECT * FROM `over records`;

CREATE TABLE `levels reached` AS
WITH `records of t.penalty` AS (
  SELECT f._s AS _k, f.date, f.known_from, f.record, f.act, f.certainty, f.`amount`
  FROM `facts/t.penalty` AS f
  WHERE f._counts AND f.date <= DATE '2025-06-30'
),
`groups 1` AS (
  SELECT * FROM (SELECT _k, _day, _first, _sure, _certain AS _settled, CASE WHEN _certain THEN 1 ELSE 0 END AS _hits_lo, 1 AS _hits_hi, CASE WHEN _certain THEN lo ELSE 0 END AS _total_lo, hi AS _total_hi FROM (SELECT _k, bool_or(_certain) AS _certain, min(date) AS _day, min_by(named_struct('known_from', known_from, 'record', record), named_struct('o0', date, 'o1', known_from, 'o2', record)) AS _first, coalesce(max(CASE WHEN _certain THEN v END), 0) AS lo, CASE WHEN count(v) = count(*) THEN max(v) END AS hi, min(_sure) AS _sure
  FROM (SELECT _k, _d0, date, known_from, record, v, TRUE AS _certain, _rank AS _sure FROM (SELECT _k, act AS _d0, date AS date, known_from AS known_from, record AS record, `amount` AS v, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`) AS hit) AS hits GROUP BY _k, _d0) AS valued) AS groups
),
`records of t.raise` AS (
  SELECT f._s AS _k, f.date, f.known_from, f.record, f.act, f.certainty
  FROM `facts/t.raise` AS f
  WHERE f._counts AND f.date <= DATE '2025-06-30'
),
`events` AS (
  SELECT _k, _day AS day, 0 AS raising, 0 AS place, _first.known_from AS known_from, _first.record AS record, 'fall' AS rule, -1 AS from_level, 2 AS to_level, 6 AS after, _settled AND coalesce(_truth, FALSE) AS shown, TRUE AS worst, _sure
  FROM (SELECT w.*, CASE WHEN _hits_lo >= 2L THEN TRUE WHEN _hits_hi < 2L THEN FALSE END AS _truth FROM (SELECT _k, _day, _first, _settled, _sure, _hits_lo, CASE WHEN _hits_open > 0 THEN NULL ELSE _hits_hi END AS _hits_hi, _total_lo, CASE WHEN _total_open > 0 THEN NULL ELSE _total_hi END AS _total_hi FROM (
  SELECT _k, _day, _enters, _first, _settled, _sure, sum(CAST(_hits_lo AS DECIMAL(38, 0))) OVER days AS _hits_lo, sum(CAST(_hits_hi AS DECIMAL(38, 0))) OVER days AS _hits_hi, sum(CAST(_total_lo AS DECIMAL(38, 0))) OVER days AS _total_lo, sum(CAST(_total_hi AS DECIMAL(38, 0))) OVER days AS _total_hi, sum(CAST(_hits_open AS DECIMAL(38, 0))) OVER days AS _hits_open, sum(CAST(_total_open AS DECIMAL(38, 0))) OVER days AS _total_open FROM (
  SELECT _k, _day, TRUE AS _enters, _first, _settled, _sure, _hits_lo, coalesce(_hits_hi, 0) AS _hits_hi, CASE WHEN _hits_hi IS NULL THEN 1 ELSE 0 END AS _hits_open, _total_lo, coalesce(_total_hi, 0) AS _total_hi, CASE WHEN _total_hi IS NULL THEN 1 ELSE 0 END AS _total_open FROM `groups 1`
  UNION ALL SELECT _k, add_months(_day, 12), FALSE, NULL, NULL, NULL, -_hits_lo, -coalesce(_hits_hi, 0), -CASE WHEN _hits_hi IS NULL THEN 1 ELSE 0 END, -_total_lo, -coalesce(_total_hi, 0), -CASE WHEN _total_hi IS NULL THEN 1 ELSE 0 END FROM `groups 1`
  ) AS moves WINDOW days AS (PARTITION BY _k ORDER BY _day RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ) AS running WHERE _enters) AS w JOIN `values of indicators` AS v ON v._k = w._k) AS reached
  WHERE _truth IS NOT FALSE
  UNION ALL SELECT _k, date AS day, 1 AS raising, 1 AS place, known_from AS known_from, record AS record, 'decided' AS rule, 1 AS from_level, 0 AS to_level, 0 AS after, TRUE AS shown, TRUE AS worst, _sure FROM (SELECT _k, date, known_from, record, TRUE AS _certain, _rank AS _sure FROM (SELECT _k, date AS date, known_from AS known_from, record AS record, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.raise`) AS hit) AS hits WHERE _certain
),
`blocked` AS (
  SELECT _k, `open` AS _blocked FROM `values of indicators`
)
SELECT e._k, e._sure, s.level_shown, s.since_shown, s.fired_shown, w.level_worst, w.since_worst, w.fired_worst
FROM (SELECT _k, min(_sure) AS _sure FROM `events` GROUP BY _k) AS e
LEFT JOIN (SELECT _k, state.level AS level_shown, state.since AS since_shown, state.fired AS fired_shown
FROM (SELECT _k, aggregate(array_sort(collect_list(named_struct('o0', day, 'o1', raising, 'o2', place, 'o3', known_from, 'o4', record, 'o5', turn, 'kind', kind, 'day', day, 'rule', rule, 'from_level', from_level, 'to_level', to_level, 'after', after))), named_struct('level', 0, 'since', CAST(NULL AS DATE), 'not_before', CAST(NULL AS DATE), 'after', 0, 'fired', CAST(array() AS ARRAY<STRING>)), (s, e) -> named_struct('level', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN CASE s.level WHEN 2 THEN 1 ELSE s.level END WHEN e.kind = 1 THEN greatest(s.level, e.to_level) WHEN e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE) THEN e.to_level ELSE s.level END, 'since', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END WHEN e.kind = 1 OR (e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE)) THEN e.day ELSE s.since END, 'not_before', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN greatest(s.not_before, CASE s.after WHEN 6 THEN add_months(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END, 6) ELSE CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END END) WHEN e.kind = 1 THEN greatest(s.not_before, CASE e.after WHEN 6 THEN add_months(e.day, 6) ELSE e.day END) WHEN e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE) THEN greatest(s.not_before, CASE s.after WHEN 6 THEN add_months(e.day, 6) ELSE e.day END) ELSE s.not_before END, 'after', CASE WHEN e.kind = 1 THEN e.after ELSE s.after END, 'fired', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN CAST(array(CASE s.level WHEN 2 THEN 'itself' ELSE '' END) AS ARRAY<STRING>) WHEN (e.kind = 1 AND e.to_level > s.level) OR (e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE)) THEN CAST(array(e.rule) AS ARRAY<STRING>) WHEN e.kind = 1 THEN CASE WHEN array_contains(s.fired, e.rule) THEN s.fired ELSE concat(s.fired, CAST(array(e.rule) AS ARRAY<STRING>)) END ELSE s.fired END)) AS state FROM (
SELECT _k, day, raising, place, known_from, record, rule, from_level, to_level, after, 1 AS turn, CASE WHEN raising = 1 THEN 2 ELSE 1 END AS kind FROM `events` WHERE shown
UNION ALL SELECT _k, day, raising, place, known_from, record, rule, from_level, to_level, after, t.turn, 0 FROM `events` CROSS JOIN (VALUES (0)) AS t(turn) WHERE shown
UNION ALL SELECT DISTINCT e._k, DATE '2025-06-30', 9, 0, 0, '', '', 0, 0, 0, t.turn, 0
FROM `events` AS e JOIN `blocked` AS b ON b._k = e._k AND b._blocked IS NOT TRUE CROSS JOIN (VALUES (0)) AS t(turn) WHERE e.shown
) AS turns GROUP BY _k) AS machines) AS s ON s._k = e._k
LEFT JOIN (SELECT _k, state.level AS level_worst, state.since AS since_worst, state.fired AS fired_worst
FROM (SELECT _k, aggregate(array_sort(collect_list(named_struct('o0', day, 'o1', raising, 'o2', place, 'o3', known_from, 'o4', record, 'o5', turn, 'kind', kind, 'day', day, 'rule', rule, 'from_level', from_level, 'to_level', to_level, 'after', after))), named_struct('level', 0, 'since', CAST(NULL AS DATE), 'not_before', CAST(NULL AS DATE), 'after', 0, 'fired', CAST(array() AS ARRAY<STRING>)), (s, e) -> named_struct('level', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN CASE s.level WHEN 2 THEN 1 ELSE s.level END WHEN e.kind = 1 THEN greatest(s.level, e.to_level) WHEN e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE) THEN e.to_level ELSE s.level END, 'since', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END WHEN e.kind = 1 OR (e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE)) THEN e.day ELSE s.since END, 'not_before', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN greatest(s.not_before, CASE s.after WHEN 6 THEN add_months(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END, 6) ELSE CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END END) WHEN e.kind = 1 THEN greatest(s.not_before, CASE e.after WHEN 6 THEN add_months(e.day, 6) ELSE e.day END) WHEN e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE) THEN greatest(s.not_before, CASE s.after WHEN 6 THEN add_months(e.day, 6) ELSE e.day END) ELSE s.not_before END, 'after', CASE WHEN e.kind = 1 THEN e.after ELSE s.after END, 'fired', CASE WHEN e.kind = 0 AND coalesce(CASE s.level WHEN 2 THEN add_months(s.since, 12) ELSE CAST(NULL AS DATE) END <= e.day, FALSE) THEN CAST(array(CASE s.level WHEN 2 THEN 'itself' ELSE '' END) AS ARRAY<STRING>) WHEN (e.kind = 1 AND e.to_level > s.level) OR (e.kind = 2 AND s.level = e.from_level AND coalesce(e.day >= s.not_before, TRUE)) THEN CAST(array(e.rule) AS ARRAY<STRING>) WHEN e.kind = 1 THEN CASE WHEN array_contains(s.fired, e.rule) THEN s.fired ELSE concat(s.fired, CAST(array(e.rule) AS ARRAY<STRING>)) END ELSE s.fired END)) AS state FROM (
SELECT _k, day, raising, place, known_from, record, rule, from_level, to_level, after, 1 AS turn, CASE WHEN raising = 1 THEN 2 ELSE 1 END AS kind FROM `events` WHERE worst
UNION ALL SELECT _k, day, raising, place, known_from, record, rule, from_level, to_level, after, t.turn, 0 FROM `events` CROSS JOIN (VALUES (0)) AS t(turn) WHERE worst
UNION ALL SELECT DISTINCT e._k, DATE '2025-06-30', 9, 0, 0, '', '', 0, 0, 0, t.turn, 0
FROM `events` AS e JOIN `blocked` AS b ON b._k = e._k AND b._blocked IS FALSE CROSS JOIN (VALUES (0)) AS t(turn) WHERE e.worst
) AS turns GROUP BY _k) AS machines) AS w ON w._k = e._k;

CREATE TABLE `standings made` AS
WITH `gathered` AS (
  SELECT k._s, k.organisation AS _organisation, k.unit AS _unit, v.*, least(v._sure, l._sure) AS _least_sure, l.level_shown AS _level_shown, l.since_shown AS _since_shown, l.fired_shown AS _fired_shown, l.level_worst AS _level_worst, l.since_worst AS _since_worst, l.fired_worst AS _fired_worst
  FROM `values of indicators` AS v JOIN `keys` AS k ON k._k = v._k
  LEFT JOIN `levels reached` AS l ON l._k = v._k
),
`levels` AS (
  SELECT *,
    CASE coalesce(_level_shown, 0) WHEN 0 THEN 'good' WHEN 1 THEN 'fair' WHEN 2 THEN 'bad' END AS `grade shown`,
    CASE coalesce(_level_worst, 0) WHEN 0 THEN 'good' WHEN 1 THEN 'fair' WHEN 2 THEN 'bad' END AS `grade worst`
  FROM `gathered`
),
`said` AS (
  SELECT *,
    TRUE AS `in scope`
  FROM `levels`
)
SELECT _k AS `_k`,
  _s AS `_s`,
  (`in scope` IS NOT FALSE AND _organisation IS NOT NULL) AS `_stands`,
  _organisation AS `organisation`,
  _unit AS `unit`,
  `grade shown` AS `grade`,
  `grade worst` AS `at_worst`,
  (`grade shown` <> `grade worst` OR `in scope` IS NULL) AS `open`,
  CAST(NULL AS BIGINT) AS `score`,
  CAST(NULL AS BIGINT) AS `worst_score`,
  CAST(array() AS ARRAY<STRING>) AS `proposed`,
  CAST(array() AS ARRAY<STRING>) AS `proposals_open`,
  concat(CAST(array() AS ARRAY<STRING>), coalesce(_fired_shown, CAST(array() AS ARRAY<STRING>))) AS `reasons`,
  FALSE AS `study`,
  CASE _least_sure WHEN 0 THEN 'under review' WHEN 1 THEN 'decided' WHEN 2 THEN 'final' END AS `certainty`,
  _since_shown AS `since`,
  CAST(NULL AS DATE) AS `display_from`,
  CAST(NULL AS DATE) AS `display_until`,
  CAST(NULL AS DATE) AS `repair_from`,
  CAST(NULL AS BOOLEAN) AS `never`,
  CAST(NULL AS BOOLEAN) AS `no_repair`,
  CAST(NULL AS BOOLEAN) AS `open_until_cured`,
  CAST(NULL AS STRING) AS `display`,
  CAST(array() AS ARRAY<STRING>) AS `carried`
FROM `said`;
