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
  CAST(NULL AS BIGINT) AS `due`,
  CAST(NULL AS STRING) AS `month`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `day` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.penalty/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to)
UNION ALL
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  `amount` AS `amount`,
  `due` AS `due`,
  `month` AS `month`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `decided` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.penalty/v2` AS r
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
SELECT f._s, f.record, f.known_from, f.date, f.act, f.certainty, f.`amount`, f.`due`, f.`month`, f.cured, f.ended,
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
SELECT f._s, f.record, f.known_from, f.date, f.act, f.certainty, f.`amount`, f.`due`, f.`month`, least(f.cured, c.date) AS cured, f.ended AS ended,
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
WITH `records of t.penalty` AS (
  SELECT f._s AS _k, f.date, f.known_from, f.record, f.act, f.certainty, f.`amount`
  FROM `facts/t.penalty` AS f
  WHERE f._counts AND f.date <= DATE '2026-03-31' AND f.date >= DATE '2025-01-01' AND f.date < DATE '2026-01-01'
),
`records of t.closing` AS (
  SELECT f._s AS _k, f.date, f.known_from, f.record, f.act, f.certainty
  FROM `facts/t.closing` AS f
  WHERE f._counts AND f.date <= DATE '2026-03-31'
),
`groups 2` AS (
  SELECT * FROM (SELECT _k, _day, lo AS _own, lo AS m_lo, hi AS m_hi, _sure FROM (SELECT *, CASE WHEN _certain THEN 1 ELSE 0 END AS lo, 1 AS hi FROM (SELECT _k, bool_or(_certain) AS _certain, min(date) AS _day, min(_sure) AS _sure
  FROM (SELECT _k, _d0, date, known_from, record, TRUE AS _certain, _rank AS _sure FROM (SELECT _k, act AS _d0, date AS date, known_from AS known_from, record AS record, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.closing`) AS hit) AS hits GROUP BY _k, _d0) AS counted) AS valued) AS groups
),
`groups 3` AS (
  SELECT * FROM (SELECT _k, _day, _next, lo AS _own, CASE WHEN _settled THEN lo ELSE 0 END AS m_lo, hi AS m_hi, _sure FROM (SELECT *, _certain AND _place = 1 AS _settled FROM (
  SELECT _k, date AS _day, known_from, record, _certain, _first, row_number() OVER ordered AS _place,
    CASE WHEN NOT _certain THEN lead(date) OVER ordered END AS _next, bool_or(_certain) OVER grouped AS _there,
    CASE WHEN bool_or(_certain) OVER grouped THEN 1 ELSE 0 END AS lo, 1 AS hi, min(_sure) OVER grouped AS _sure
  FROM (SELECT *, count(CASE WHEN _certain THEN 1 END) OVER (PARTITION BY _k, _d0 ORDER BY date, known_from, record ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) = 0 AS _first FROM (SELECT _k, _d0, date, known_from, record, coalesce(_truth, FALSE) AS _certain, CASE WHEN _truth THEN _rank END AS _sure
  FROM (SELECT _k, act AS _d0, date AS date, known_from AS known_from, record AS record, (`amount` >= 100000) AS _truth, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`
  WHERE date >= DATE '2025-01-01' AND date < DATE '2026-01-01') AS hit WHERE _truth IS NOT FALSE) AS hits) AS marked
  WINDOW grouped AS (PARTITION BY _k, _d0), ordered AS (PARTITION BY _k, _d0 ORDER BY date, known_from, record)
  ) AS placed WHERE _first) AS valued) AS groups
),
`over records` AS (
  SELECT k._k, k.opened AS _opened, least(i0._sure, i1._sure, i2._sure, i3._sure) AS _sure,
    coalesce(i0.lo, 0) AS `fines$lo`,
    coalesce(i0.hi, 0) AS `fines$hi`,
    coalesce(i1.lo, 0) AS `fined$lo`,
    CASE WHEN i1._k IS NULL THEN 0 ELSE i1.hi END AS `fined$hi`,
    coalesce(i2.lo, 0) AS `closings$lo`,
    CASE WHEN i2._k IS NULL THEN 0 ELSE i2.hi END AS `closings$hi`,
    coalesce(i3.lo, 0) AS `burst$lo`,
    CASE WHEN i3._k IS NULL THEN 0 ELSE i3.hi END AS `burst$hi`
  FROM `keys` AS k
  LEFT JOIN (SELECT _k, count(CASE WHEN _certain THEN 1 END) AS lo, count(*) AS hi, min(_sure) AS _sure
  FROM (SELECT _k, bool_or(_certain) AS _certain, min(_sure) AS _sure
  FROM (SELECT _k, _d0, coalesce(_truth, FALSE) AS _certain, CASE WHEN _truth THEN _rank END AS _sure
  FROM (SELECT _k, act AS _d0, (`amount` >= 100000) AS _truth, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`
  WHERE date >= DATE '2025-01-01' AND date < DATE '2026-01-01') AS hit WHERE _truth IS NOT FALSE) AS hits GROUP BY _k, _d0) AS groups GROUP BY _k) AS i0 ON i0._k = k._k
  LEFT JOIN (SELECT _k, sum(CAST(lo AS DECIMAL(38, 0))) AS lo, CASE WHEN count(hi) = count(*) THEN sum(CAST(hi AS DECIMAL(38, 0))) END AS hi, min(_sure) AS _sure
  FROM (SELECT _k, bool_or(_certain) AS _certain, coalesce(max(CASE WHEN _certain THEN v END), 0) AS lo, CASE WHEN count(v) = count(*) THEN max(v) END AS hi, min(_sure) AS _sure
  FROM (SELECT _k, _d0, date, known_from, record, v, coalesce(_truth, FALSE) AS _certain, CASE WHEN _truth THEN _rank END AS _sure
  FROM (SELECT _k, act AS _d0, date AS date, known_from AS known_from, record AS record, `amount` AS v, (`amount` >= 100000) AS _truth, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`
  WHERE date >= DATE '2025-01-01' AND date < DATE '2026-01-01') AS hit WHERE _truth IS NOT FALSE) AS hits GROUP BY _k, _d0) AS groups GROUP BY _k) AS i1 ON i1._k = k._k
  LEFT JOIN (SELECT _k, CAST(greatest(max(m_lo), max(_own)) AS BIGINT) AS lo, CASE WHEN count(m_hi) = count(*) THEN CAST(max(m_hi) AS BIGINT) END AS hi, min(_sure) AS _sure
  FROM (SELECT _k, _day, _own, _sure, m_lo, CASE WHEN m_open > 0 THEN NULL ELSE m_hi END AS m_hi FROM (
  SELECT _k, _day, _enters, _own, _sure, sum(CAST(m_lo AS DECIMAL(38, 0))) OVER days AS m_lo, sum(CAST(m_hi AS DECIMAL(38, 0))) OVER days AS m_hi, sum(CAST(m_open AS DECIMAL(38, 0))) OVER days AS m_open FROM (
  SELECT _k, _day, TRUE AS _enters, _own, _sure, m_lo, coalesce(m_hi, 0) AS m_hi, CASE WHEN m_hi IS NULL THEN 1 ELSE 0 END AS m_open FROM `groups 2`
  UNION ALL SELECT _k, add_months(_day, 12), FALSE, NULL, NULL, -m_lo, -coalesce(m_hi, 0), -CASE WHEN m_hi IS NULL THEN 1 ELSE 0 END FROM `groups 2`
  ) AS moves WINDOW days AS (PARTITION BY _k ORDER BY _day RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ) AS running WHERE _enters) AS windows GROUP BY _k) AS i2 ON i2._k = k._k
  LEFT JOIN (SELECT _k, CAST(greatest(max(m_lo), max(_own)) AS BIGINT) AS lo, CASE WHEN count(m_hi) = count(*) THEN CAST(max(m_hi) AS BIGINT) END AS hi, min(_sure) AS _sure
  FROM (SELECT _k, _day, _own, _sure, m_lo, CASE WHEN m_open > 0 THEN NULL ELSE m_hi END AS m_hi FROM (
  SELECT _k, _day, _enters, _own, _sure, sum(CAST(m_lo AS DECIMAL(38, 0))) OVER days AS m_lo, sum(CAST(m_hi AS DECIMAL(38, 0))) OVER days AS m_hi, sum(CAST(m_open AS DECIMAL(38, 0))) OVER days AS m_open FROM (
  SELECT _k, _day, TRUE AS _enters, _own, _sure, m_lo, coalesce(m_hi, 0) AS m_hi, CASE WHEN m_hi IS NULL THEN 1 ELSE 0 END AS m_open FROM `groups 3`
  UNION ALL SELECT _k, least(add_months(_day, 12), _next), FALSE, NULL, NULL, -m_lo, -coalesce(m_hi, 0), -CASE WHEN m_hi IS NULL THEN 1 ELSE 0 END FROM `groups 3`
  ) AS moves WINDOW days AS (PARTITION BY _k ORDER BY _day RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ) AS running WHERE _enters) AS windows GROUP BY _k) AS i3 ON i3._k = k._k
),
`formulas 1` AS (
  SELECT *,
    (`fines$lo` * 2L) AS `double$lo`,
    (`fines$hi` * 2L) AS `double$hi`
  FROM `over records`
)
SELECT * FROM `formulas 1`;

CREATE TABLE `worth of rules` AS
WITH `records of t.penalty` AS (
  SELECT f._s AS _k, f.date, f.known_from, f.record, f.act, f.certainty, f.`amount`, f.`cured`, f.`due`, f.`month`
  FROM `facts/t.penalty` AS f
  WHERE f._counts AND f.date <= DATE '2026-03-31'
),
`acts` AS (
  SELECT _k, 0 AS _rule, act, sum(CAST(CASE WHEN _certain THEN lo END AS DECIMAL(38, 0))) AS low, sum(CAST(hi AS DECIMAL(38, 0))) AS high, count(CASE WHEN _certain THEN 1 END) AS sure_groups, count(*) AS groups, min(_sure) AS _sure
  FROM (SELECT _k, bool_or(_certain) AS _certain, (min_by(named_struct('act', act), named_struct('o0', date, 'o1', known_from, 'o2', record))).act AS act, coalesce(max(CASE WHEN _certain THEN (p_lo - CAST((CAST((p_lo * s_lo * 2 + 10000) AS DECIMAL(38, 0)) - CAST((p_lo * s_lo * 2 + 10000) AS DECIMAL(38, 0)) % CAST(20000 AS DECIMAL(38, 0))) / CAST(20000 AS DECIMAL(38, 0)) AS BIGINT)) END), 0) AS lo, max((p_hi - CAST((CAST((p_hi * s_hi * 2 + 10000) AS DECIMAL(38, 0)) - CAST((p_hi * s_hi * 2 + 10000) AS DECIMAL(38, 0)) % CAST(20000 AS DECIMAL(38, 0))) / CAST(20000 AS DECIMAL(38, 0)) AS BIGINT))) AS hi, min(_sure) AS _sure
  FROM (SELECT _k, _d0, act, date, known_from, record, p_lo, p_hi, s_lo, s_hi, TRUE AS _certain, _rank AS _sure FROM (SELECT _k, `month` AS _d0, act AS act, date AS date, known_from AS known_from, record AS record, 50000L AS p_lo, 50000L AS p_hi, CASE WHEN (CASE WHEN `cured` <= DATE '2026-03-31' THEN `cured` END IS NOT NULL) THEN 8000 ELSE 0 END AS s_lo, CASE WHEN (CASE WHEN `cured` <= DATE '2026-03-31' THEN `cured` END IS NOT NULL) THEN 8000 WHEN ((CASE WHEN `cured` <= DATE '2026-03-31' THEN `cured` END IS NOT NULL)) IS NULL THEN 0 ELSE 0 END AS s_hi, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`) AS hit) AS hits GROUP BY _k, _d0) AS groups GROUP BY _k, act
  UNION ALL SELECT _k, 1 AS _rule, act, sum(CAST(CASE WHEN _certain THEN lo END AS DECIMAL(38, 0))) AS low, sum(CAST(hi AS DECIMAL(38, 0))) AS high, count(CASE WHEN _certain THEN 1 END) AS sure_groups, count(*) AS groups, min(_sure) AS _sure
  FROM (SELECT _k, bool_or(_certain) AS _certain, CASE WHEN min(CASE WHEN _first THEN act END) = max(CASE WHEN _first THEN act END) THEN min(CASE WHEN _first THEN act END) END AS act, CASE WHEN bool_or(_certain) THEN min(CASE WHEN _last THEN p_lo END) ELSE 0 END AS lo, max(CASE WHEN _last THEN p_hi END) AS hi, min(_sure) AS _sure
  FROM (SELECT *, count(CASE WHEN _certain THEN 1 END) OVER (PARTITION BY _k, _d0 ORDER BY date, known_from, record ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) = 0 AS _first, count(CASE WHEN _certain THEN 1 END) OVER (PARTITION BY _k, _d0 ORDER BY date DESC, known_from DESC, record DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) = 0 AS _last FROM (SELECT _k, _d0, date, known_from, record, act, p_lo, p_hi, coalesce(_truth, FALSE) AS _certain, CASE WHEN _truth THEN _rank END AS _sure
  FROM (SELECT _k, `month` AS _d0, date AS date, known_from AS known_from, record AS record, act AS act, least(coalesce((CAST(CASE WHEN `due` > 0 THEN CAST((CAST((`amount` * 200 + `due` * 1) AS DECIMAL(38, 0)) - CAST((`amount` * 200 + `due` * 1) AS DECIMAL(38, 0)) % CAST((`due` * 2) AS DECIMAL(38, 0))) / CAST((`due` * 2) AS DECIMAL(38, 0)) AS DECIMAL(38, 0)) END AS DECIMAL(38, 0)) * 100), 0L), 200000L) AS p_lo, least(coalesce((CAST(CASE WHEN `due` > 0 THEN CAST((CAST((`amount` * 200 + `due` * 1) AS DECIMAL(38, 0)) - CAST((`amount` * 200 + `due` * 1) AS DECIMAL(38, 0)) % CAST((`due` * 2) AS DECIMAL(38, 0))) / CAST((`due` * 2) AS DECIMAL(38, 0)) AS DECIMAL(38, 0)) END AS DECIMAL(38, 0)) * 100), 200000L), 200000L) AS p_hi, (`amount` >= 100000) AS _truth, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`
  WHERE date >= DATE '2025-01-01' AND date < DATE '2026-01-01') AS hit WHERE _truth IS NOT FALSE) AS hits) AS hits GROUP BY _k, _d0) AS groups GROUP BY _k, act
)
SELECT _k, _rule, CAST(CASE _rule WHEN 1 THEN least(low, 500000) ELSE low END AS BIGINT) AS low, CAST(CASE _rule WHEN 1 THEN least(high, 500000) ELSE high END AS BIGINT) AS high, CAST(groups AS BIGINT) AS groups, _sure
FROM (
SELECT _k, 2 AS _rule, CASE WHEN _truth THEN p_lo ELSE 0 END AS low, p_hi AS high, 0 AS groups, CAST(NULL AS INT) AS _sure
FROM (SELECT _k, CASE WHEN `fined$lo` >= 5000000L THEN TRUE WHEN `fined$hi` < 5000000L THEN FALSE END AS _truth, 30000L AS p_lo, 30000L AS p_hi FROM `values of indicators`) AS once WHERE _truth IS NOT FALSE
UNION ALL SELECT _k, _rule, sum(CAST(CASE WHEN keeps_low THEN low ELSE 0 END AS DECIMAL(38, 0))) AS low, sum(CAST(CASE WHEN keeps_high THEN high ELSE 0 END AS DECIMAL(38, 0))) AS high,
  sum(CAST(CASE WHEN keeps_high THEN groups WHEN keeps_low THEN sure_groups ELSE 0 END AS DECIMAL(38, 0))) AS groups, min(_sure) AS _sure
FROM (SELECT a.*, a.low IS NOT NULL AND a.low * 3 + 2 - a._rule = w.low AS keeps_low, a.high * 3 + 2 - a._rule = w.high AS keeps_high FROM `acts` AS a JOIN (
SELECT _k, act, max(low * 3 + 2 - _rule) AS low, max(high * 3 + 2 - _rule) AS high FROM `acts` GROUP BY _k, act
) AS w ON w._k = a._k AND w.act = a.act
UNION ALL SELECT *, FALSE, TRUE FROM `acts` WHERE act IS NULL) AS kept GROUP BY _k, _rule
) AS rules;

CREATE TABLE `standings made` AS
WITH `gathered` AS (
  SELECT k._s, k.organisation AS _organisation, k.unit AS _unit, v.*, least(v._sure, w._sure) AS _least_sure, w.total AS _total, w.total_worst AS _total_worst, w.scored AS _scored, w.doubtful AS _doubtful, b.`origin kept shown` AS `from kept shown`, b.`origin kept worst` AS `from kept worst`
  FROM `values of indicators` AS v JOIN `keys` AS k ON k._k = v._k
  LEFT JOIN (SELECT _k, CAST(sum(CAST(CASE WHEN FALSE THEN low ELSE -low END AS DECIMAL(38, 0))) AS BIGINT) AS total,
    CAST(sum(CAST(CASE WHEN FALSE THEN low ELSE -high END AS DECIMAL(38, 0))) AS BIGINT) AS total_worst,
    transform(array_sort(collect_list(CASE WHEN (low <> 0 OR high <> 0) THEN named_struct('o0', _rule, 'v', CASE _rule WHEN 0 THEN 'late' WHEN 1 THEN 'share' WHEN 2 THEN 'once' END) END)), listed -> listed.v) AS scored,
    bool_or(_rule IN (1) AND (low <> 0 OR high <> 0)) AS doubtful, min(_sure) AS _sure
  FROM `worth of rules` GROUP BY _k) AS w ON w._k = v._k
  LEFT JOIN `standings before` AS b ON b._s = k._s AND b.unit IS NOT DISTINCT FROM k.unit
),
`carried in` AS (
  SELECT *,
    CASE WHEN (2025 - `from kept shown`) > 0 AND (2025 - `from kept shown`) <= 1 THEN 0 WHEN (2025 - `from kept shown`) > 1 AND (2025 - `from kept shown`) <= 2 THEN 1 END AS `phase kept shown`,
    CASE WHEN (2025 - `from kept worst`) > 0 AND (2025 - `from kept worst`) <= 1 THEN 0 WHEN (2025 - `from kept worst`) > 1 AND (2025 - `from kept worst`) <= 2 THEN 1 END AS `phase kept worst`
  FROM `gathered`
),
`starting` AS (
  SELECT *,
    1000000L AS `_start`
  FROM `carried in`
),
`scored` AS (
  SELECT *,
    (_start + coalesce(_total, 0)) AS `raw score shown`,
    (_start + coalesce(_total_worst, 0)) AS `raw score worst`
  FROM `starting`
),
`held` AS (
  SELECT *,
    CASE WHEN `raw score shown` IS NOT NULL THEN greatest(`raw score shown`, 0L) END AS `score shown`,
    CASE WHEN `raw score worst` IS NOT NULL THEN least(CASE WHEN `raw score shown` IS NOT NULL THEN greatest(`raw score shown`, 0L) END, CASE WHEN `raw score worst` IS NOT NULL THEN greatest(`raw score worst`, 0L) END) END AS `score worst`
  FROM `scored`
),
`conditions` AS (
  SELECT *,
    CASE WHEN CASE WHEN `burst$lo` >= 3L THEN TRUE WHEN `burst$hi` < 3L THEN FALSE END THEN FALSE ELSE CASE WHEN `double$lo` >= 6L THEN TRUE WHEN `double$hi` < 6L THEN FALSE END END AS `direct 0`,
    (`score shown` >= 99) AS `given 0 shown`,
    CASE WHEN `score worst` >= 99L THEN TRUE WHEN `score shown` < 99L THEN FALSE END AS `given 0 worst`,
    CASE WHEN `closings$lo` >= 1L THEN TRUE WHEN `closings$hi` < 1L THEN FALSE END AS `ceiling 0`,
    (((CASE WHEN `double$lo` >= 6L THEN TRUE WHEN `double$hi` < 6L THEN FALSE END) IS TRUE AND (CASE WHEN `burst$lo` >= 3L THEN TRUE WHEN `burst$hi` < 3L THEN FALSE END) IS FALSE)) AS `direct 0 certainly`
  FROM `held`
),
`bands` AS (
  SELECT *,
    CASE WHEN NOT coalesce(`score shown` IS NOT NULL, FALSE) THEN CAST(NULL AS INT) WHEN `score shown` >= 900000L THEN 0 WHEN `score shown` >= 700000L THEN 1 WHEN TRUE THEN 2 END AS `band shown`,
    CASE WHEN NOT coalesce(`score worst` IS NOT NULL, FALSE) THEN CAST(NULL AS INT) WHEN `score worst` >= 900000L THEN 0 WHEN `score worst` >= 700000L THEN 1 WHEN TRUE THEN 2 END AS `band worst`,
    CASE WHEN NOT coalesce(`score shown` IS NOT NULL, FALSE) THEN 0 WHEN `score shown` >= 900000L THEN 0 WHEN `score shown` >= 700000L THEN 1 WHEN TRUE THEN 2 END AS `first band`
  FROM `conditions`
),
`direct` AS (
  SELECT *,
    greatest(CASE WHEN (`direct 0` IS TRUE) THEN 3 END, CASE WHEN (`phase kept shown` IS NOT DISTINCT FROM 0) THEN 3 END) AS `worst direct`
  FROM `bands`
),
`chosen` AS (
  SELECT *,
    CASE WHEN `worst direct` IS NOT NULL THEN -1
      WHEN (`given 0 shown` IS TRUE) THEN 0 ELSE -2 END AS `chosen`,
    (`direct 0 certainly` OR ((`phase kept shown` IS NOT DISTINCT FROM 0) AND `from kept shown` = `from kept worst`)) AS `decided`
  FROM `direct`
),
`first grade` AS (
  SELECT *,
    CASE `chosen` WHEN -1 THEN CASE `worst direct` WHEN 0 THEN 'A' WHEN 1 THEN 'B' WHEN 2 THEN 'C' WHEN 3 THEN 'D' END WHEN 0 THEN 'M' WHEN -2 THEN CASE `band shown` WHEN 0 THEN 'A' WHEN 1 THEN 'B' WHEN 2 THEN 'D' ELSE 'undecided' END ELSE 'undecided' END AS `first grade`
  FROM `chosen`
),
`asked` AS (
  SELECT *,
    CASE WHEN `decided` THEN -1 WHEN `given 0 worst` IS TRUE THEN 0 ELSE 1 END AS `asked`
  FROM `first grade`
),
`may come` AS (
  SELECT *,
    greatest(CASE WHEN (`direct 0` IS NOT FALSE) THEN 3 END, CASE WHEN (`phase kept worst` IS NOT DISTINCT FROM 0) THEN 3 END, CASE WHEN (`phase kept shown` IS NOT DISTINCT FROM 0) THEN 3 END, CASE WHEN (`asked` = 1 AND `band worst` IS NOT DISTINCT FROM 0) THEN 0 END, CASE WHEN (`asked` = 1 AND `band worst` IS NOT DISTINCT FROM 1) THEN 1 END, CASE WHEN (`asked` = 1 AND `band worst` IS NOT DISTINCT FROM 2) THEN 3 END) AS `place worst`,
    ((`asked` = 1 AND `band worst` IS NULL)) AS `doubt`,
    CASE WHEN (`asked` >= 0 AND (`given 0 worst` IS NOT FALSE)) THEN 'M' END AS `aside`
  FROM `asked`
),
`places` AS (
  SELECT *,
    CASE `first grade` WHEN 'A' THEN 0 WHEN 'B' THEN 1 WHEN 'C' THEN 2 WHEN 'D' THEN 3 END AS `place shown`
  FROM `may come`
),
`stepped down` AS (
  SELECT *,
    `place shown` AS `stepped shown`,
    `place worst` AS `stepped worst`
  FROM `places`
),
`barred` AS (
  SELECT *,
    CASE WHEN `stepped shown` IS NOT NULL THEN greatest(`stepped shown`, CASE WHEN (`ceiling 0` IS TRUE) THEN 1 END, CASE WHEN (`phase kept shown` IS NOT DISTINCT FROM 1) THEN 1 END) END AS `barred shown`,
    CASE WHEN `stepped worst` IS NOT NULL THEN greatest(`stepped worst`, CASE WHEN (`ceiling 0` IS NOT FALSE) THEN 1 END, CASE WHEN (`phase kept worst` IS NOT DISTINCT FROM 1) THEN 1 END, CASE WHEN (`phase kept shown` IS NOT DISTINCT FROM 1) THEN 1 END) END AS `barred worst`
  FROM `stepped down`
),
`graded` AS (
  SELECT *,
    CASE WHEN `barred shown` IS NULL THEN `first grade` ELSE CASE `barred shown` WHEN 0 THEN 'A' WHEN 1 THEN 'B' WHEN 2 THEN 'C' WHEN 3 THEN 'D' END END AS `grade shown`,
    CASE WHEN `doubt` AND coalesce(`barred worst` < 3, TRUE) THEN 'undecided' WHEN `barred worst` IS NULL THEN `aside` ELSE CASE `barred worst` WHEN 0 THEN 'A' WHEN 1 THEN 'B' WHEN 2 THEN 'C' WHEN 3 THEN 'D' END END AS `grade worst`
  FROM `barred`
),
`carried out` AS (
  SELECT *,
    CASE WHEN (`direct 0` IS TRUE) OR (`chosen` = -2 AND (`band shown` IS NOT DISTINCT FROM 2)) THEN 2025 WHEN (2025 - `from kept shown`) < 2 THEN `from kept shown` END AS `origin kept shown`,
    CASE WHEN (`direct 0` IS NOT FALSE) OR (`asked` = 1 AND (2 BETWEEN `first band` AND coalesce(`band worst`, 2))) THEN 2025 WHEN (2025 - `from kept worst`) < 2 THEN `from kept worst` END AS `origin kept worst`
  FROM `graded`
),
`said` AS (
  SELECT *,
    TRUE AS `in scope`,
    CASE WHEN CASE WHEN `double$lo` >= 9L THEN TRUE WHEN `double$hi` < 9L THEN FALSE END THEN FALSE ELSE CASE WHEN `fines$lo` >= 2L THEN TRUE WHEN `fines$hi` < 2L THEN FALSE END END AS `proposal 0`
  FROM `carried out`
)
SELECT _k AS `_k`,
  _s AS `_s`,
  (`in scope` IS NOT FALSE AND _organisation IS NOT NULL) AS `_stands`,
  _organisation AS `organisation`,
  _unit AS `unit`,
  `grade shown` AS `grade`,
  `grade worst` AS `at_worst`,
  (`grade shown` <> `grade worst` OR `in scope` IS NULL OR `proposal 0` IS NULL) AS `open`,
  `score shown` AS `score`,
  `score worst` AS `worst_score`,
  array_compact(array(CASE WHEN `proposal 0` IS TRUE THEN 'p' END)) AS `proposed`,
  array_compact(array(CASE WHEN `proposal 0` IS NULL THEN 'p' END)) AS `proposals_open`,
  concat(array_compact(array(CASE WHEN (`direct 0` IS TRUE) AND `worst direct` = 3 THEN '18(3)' END, CASE WHEN (`phase kept shown` IS NOT DISTINCT FROM 0) AND `worst direct` = 3 THEN 'kept' END, CASE WHEN `chosen` = 0 THEN 'm' END, CASE WHEN (`ceiling 0` IS TRUE) AND 1 > `stepped shown` THEN 'young' END, CASE WHEN (`phase kept shown` IS NOT DISTINCT FROM 1) AND 1 > `stepped shown` AND NOT coalesce(((`phase kept shown` IS NOT DISTINCT FROM 0) AND `worst direct` = 3), FALSE) THEN 'kept' END)), coalesce(_scored, CAST(array() AS ARRAY<STRING>))) AS `reasons`,
  (coalesce(_doubtful, FALSE)) AS `study`,
  CASE _least_sure WHEN 0 THEN 'under review' WHEN 1 THEN 'decided' WHEN 2 THEN 'final' END AS `certainty`,
  CAST(NULL AS DATE) AS `since`,
  CAST(NULL AS DATE) AS `display_from`,
  CAST(NULL AS DATE) AS `display_until`,
  CAST(NULL AS DATE) AS `repair_from`,
  CAST(NULL AS BOOLEAN) AS `never`,
  CAST(NULL AS BOOLEAN) AS `no_repair`,
  CAST(NULL AS BOOLEAN) AS `open_until_cured`,
  CAST(NULL AS STRING) AS `display`,
  array_compact(array(CASE WHEN `origin kept shown` IS NOT NULL THEN 'kept:' || `origin kept shown` END)) AS `carried`,
  `origin kept shown` AS `origin kept shown`,
  `origin kept worst` AS `origin kept worst`
FROM `said`;

CREATE TABLE `contributions made` AS
SELECT s.organisation, s.unit, r.id AS rule, w.low, w.high, w.groups
FROM `worth of rules` AS w JOIN `standings made` AS s ON s._k = w._k
JOIN (VALUES (0, 'late'), (1, 'share'), (2, 'once')) AS r(_rule, id) ON r._rule = w._rule
WHERE s._stands AND (w.low <> 0 OR w.high <> 0);

CREATE TABLE `standings before` AS
SELECT _s, unit, `origin kept shown`, `origin kept worst` FROM `standings made`;

CREATE TABLE `standings before` AS
WITH ranked AS (
  SELECT s._s, CAST(NULL AS STRING) AS unit, row_number() OVER (PARTITION BY s._s ORDER BY r.known_from DESC) AS _place,
    TRY_CAST(get_json_object(r.carried, '$[\'kept\']') AS INT) AS `origin kept shown`,
    TRY_CAST(get_json_object(r.carried, '$[\'kept\']') AS INT) AS `origin kept worst`
  FROM `issued` AS r JOIN `subjects` AS s ON s.subject = r.subject
  WHERE r.bucket BETWEEN 256 AND 511
    AND r.programme = 't.score' AND r.cycle = 2024 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to)
),
issued AS (SELECT * FROM ranked WHERE _place = 1)
SELECT _s, unit, `origin kept shown`, `origin kept worst` FROM issued
UNION ALL
SELECT _s, unit, `origin kept shown` AS `origin kept shown`, `origin kept worst` AS `origin kept worst` FROM `standings made` AS made
WHERE NOT EXISTS (SELECT 1 FROM issued WHERE issued._s = made._s);
