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
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `decision` AS decision, `certainty` AS certainty, coalesce(`act`, record) AS act, `day` AS date,
  `sum` AS `amount`,
  coalesce(state = 'in force' AND certainty IN ('decided', 'final', 'under review') AND `day` IS NOT NULL, FALSE) AS _counts,
  coalesce(state = 'annulled' OR (state = 'in force' AND certainty = 'annulled'), FALSE) AS _gone
FROM `records/t.penalty/v1` AS r
JOIN `subjects` AS s ON s.subject = r.subject
WHERE r.bucket BETWEEN 256 AND 511 AND r.known_from <= 7 AND (r.known_to IS NULL OR 7 < r.known_to)
UNION ALL
SELECT _s, record, known_from, `cured` AS cured, `ended` AS ended, `decision` AS decision, `certainty` AS certainty, coalesce(`act`, record) AS act, `decided` AS date,
  `amount` AS `amount`,
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
SELECT f._s, f.record, f.known_from, f.date, f.decision, f.act, f.certainty, f.`amount`, f.cured, f.ended,
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
SELECT f._s, f.record, f.known_from, f.date, f.decision, f.act, f.certainty, f.`amount`, least(f.cured, c.date) AS cured, f.ended AS ended,
  f._counts, f._gone
FROM `facts/t.penalty after annulments` AS f
LEFT JOIN (
  SELECT _s, record, min(date) AS date FROM (SELECT _s, `link_of` AS record, date FROM `facts/t.repair` WHERE _counts) AS marking
  WHERE record IS NOT NULL GROUP BY _s, record
) AS c ON c._s = f._s AND c.record = f.record;

CREATE TABLE `keys` AS
SELECT row_number() OVER (ORDER BY i._s, i.unit) AS _k, i._s, s.subject AS organisation, i.unit, i.opened
FROM (SELECT _s, unit, min(date) AS opened FROM (
SELECT _s, coalesce(decision, record) AS unit, date FROM `facts/t.penalty` WHERE _counts AND date <= DATE '2025-06-30'
) AS records GROUP BY _s, unit) AS i
JOIN `subjects` AS s ON s._s = i._s;

CREATE TABLE `values of indicators` AS
WITH `records of t.penalty` AS (
  SELECT k._k, f.date, f.known_from, f.record, f.act, f.certainty, f.`amount`
  FROM `facts/t.penalty` AS f
  JOIN `keys` AS k ON k._s = f._s AND k.unit = coalesce(f.decision, f.record)
  WHERE f._counts AND f.date <= DATE '2025-06-30'
),
`over records` AS (
  SELECT k._k, k.opened AS _opened, i0._sure AS _sure,
    i0.v AS `fined`
  FROM `keys` AS k
  LEFT JOIN (SELECT _k, max(CASE WHEN _certain THEN v END) AS v, min(_sure) AS _sure
  FROM (SELECT _k, v, TRUE AS _certain, _rank AS _sure FROM (SELECT _k, `amount` AS v, CASE certainty WHEN 'under review' THEN 0 WHEN 'decided' THEN 1 WHEN 'final' THEN 2 END AS _rank FROM `records of t.penalty`) AS hit) AS members GROUP BY _k) AS i0 ON i0._k = k._k
)
SELECT * FROM `over records`;

CREATE TABLE `standings made` AS
WITH `gathered` AS (
  SELECT k._s, k.organisation AS _organisation, k.unit AS _unit, v.*, v._sure AS _least_sure
  FROM `values of indicators` AS v JOIN `keys` AS k ON k._k = v._k
),
`scored` AS (
  SELECT *,
    CAST(NULL AS BIGINT) AS `raw score shown`,
    CAST(NULL AS BIGINT) AS `raw score worst`
  FROM `gathered`
),
`held` AS (
  SELECT *,
    `raw score shown` AS `score shown`,
    CASE WHEN `raw score worst` IS NOT NULL THEN least(`raw score shown`, `raw score worst`) END AS `score worst`
  FROM `scored`
),
`conditions` AS (
  SELECT *,
    (`fined` >= 5000000) AS `given 0`
  FROM `held`
),
`direct` AS (
  SELECT *,
    CAST(NULL AS INT) AS `worst direct`
  FROM `conditions`
),
`chosen` AS (
  SELECT *,
    CASE WHEN `worst direct` IS NOT NULL THEN -1
      WHEN (`given 0` IS TRUE) THEN 0 ELSE -3 END AS `chosen`,
    FALSE AS `decided`
  FROM `direct`
),
`first grade` AS (
  SELECT *,
    CASE `chosen` WHEN -1 THEN CASE `worst direct` WHEN 0 THEN 'minor' WHEN 1 THEN 'serious' END WHEN 0 THEN 'serious' ELSE 'minor' END AS `first grade`
  FROM `chosen`
),
`asked` AS (
  SELECT *,
    CASE WHEN `decided` THEN -1 WHEN `given 0` IS TRUE THEN 0 ELSE 1 END AS `asked`
  FROM `first grade`
),
`may come` AS (
  SELECT *,
    greatest(CASE WHEN (`asked` >= 0 AND (`given 0` IS NOT FALSE)) THEN 1 END, CASE WHEN (`asked` = 1) THEN 0 END) AS `place worst`,
    FALSE AS `doubt`,
    CAST(NULL AS STRING) AS `aside`
  FROM `asked`
),
`places` AS (
  SELECT *,
    CASE `first grade` WHEN 'minor' THEN 0 WHEN 'serious' THEN 1 END AS `place shown`
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
    `stepped shown` AS `barred shown`,
    `stepped worst` AS `barred worst`
  FROM `stepped down`
),
`graded` AS (
  SELECT *,
    CASE WHEN `barred shown` IS NULL THEN `first grade` ELSE CASE `barred shown` WHEN 0 THEN 'minor' WHEN 1 THEN 'serious' END END AS `grade shown`,
    CASE WHEN `doubt` AND coalesce(`barred worst` < 1, TRUE) THEN 'undecided' WHEN `barred worst` IS NULL THEN `aside` ELSE CASE `barred worst` WHEN 0 THEN 'minor' WHEN 1 THEN 'serious' END END AS `grade worst`
  FROM `barred`
),
`said` AS (
  SELECT *,
    TRUE AS `in scope`,
    _opened AS `display_from as read`,
    CASE WHEN (`grade shown` IN ('minor')) THEN add_months(_opened, 3) WHEN ((`grade shown` IN ('minor'))) IS NULL THEN NULL ELSE add_months(_opened, 12) END AS `display_until as read`,
    add_months(_opened, 1) AS `repair_from as read`,
    FALSE AS `never as read`,
    FALSE AS `no_repair as read`,
    FALSE AS `open_until_cured as read`
  FROM `graded`
)
SELECT _k AS `_k`,
  _s AS `_s`,
  (`in scope` IS NOT FALSE AND _organisation IS NOT NULL) AS `_stands`,
  _organisation AS `organisation`,
  _unit AS `unit`,
  `grade shown` AS `grade`,
  `grade worst` AS `at_worst`,
  (`grade shown` <> `grade worst` OR `in scope` IS NULL) AS `open`,
  `score shown` AS `score`,
  `score worst` AS `worst_score`,
  CAST(array() AS ARRAY<STRING>) AS `proposed`,
  CAST(array() AS ARRAY<STRING>) AS `proposals_open`,
  array_compact(array(CASE WHEN `chosen` = 0 THEN 's' END)) AS `reasons`,
  FALSE AS `study`,
  CASE _least_sure WHEN 0 THEN 'under review' WHEN 1 THEN 'decided' WHEN 2 THEN 'final' END AS `certainty`,
  CAST(NULL AS DATE) AS `since`,
  CASE WHEN `never as read` IS TRUE THEN NULL ELSE `display_from as read` END AS `display_from`,
  CASE WHEN `never as read` IS TRUE OR `open_until_cured as read` IS TRUE THEN NULL ELSE `display_until as read` END AS `display_until`,
  CASE WHEN `no_repair as read` IS TRUE THEN NULL ELSE `repair_from as read` END AS `repair_from`,
  `never as read` AS `never`,
  `no_repair as read` AS `no_repair`,
  `open_until_cured as read` AS `open_until_cured`,
  CASE WHEN `never as read` THEN 'never' WHEN `open_until_cured as read` THEN 'open until cured' WHEN CASE WHEN `never as read` IS TRUE THEN NULL ELSE `display_from as read` END IS NULL THEN 'not started' WHEN CASE WHEN `never as read` IS TRUE OR `open_until_cured as read` IS TRUE THEN NULL ELSE `display_until as read` END IS NULL THEN 'end not known' ELSE 'term' END AS `display`,
  CAST(array() AS ARRAY<STRING>) AS `carried`
FROM `said`;
