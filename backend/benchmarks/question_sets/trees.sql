-- A city's trees: a third domain, kept aside like the questions to it.
CREATE TABLE t AS
WITH raw AS (SELECT i, hash(i + 13) % 1000 / 1000.0 AS a, hash(i + 1300) % 1000 / 1000.0 AS b, hash(i + 177) % 1000 / 1000.0 AS c FROM range(1800) r(i)),
typed AS (SELECT *, ['oak', 'oak', 'linden', 'birch', 'maple', 'plane'][1 + (hash(i + 21) % 6)::INT] AS species, ['Riverside', 'Hilltop', 'Old Town', 'Harbour', 'Harbour'][1 + (hash(i + 22) % 5)::INT] AS district FROM raw)
SELECT i AS tree_id, species, district, CASE WHEN c < 0.06 THEN NULL ELSE round(3 + a * 25 + CASE species WHEN 'oak' THEN 4 ELSE 0 END, 2) END AS height_m,
    round(10 + b * CASE species WHEN 'plane' THEN 130 WHEN 'oak' THEN 110 ELSE 60 END, 1) AS diameter_cm, CASE WHEN c < 0.03 THEN 'dead' WHEN c < 0.15 THEN 'poor' WHEN c < 0.4 THEN 'fair' ELSE 'good' END AS health,
    (1900 + b * 120)::INT AS planted_year, hash(i + 23) % 5 = 0 AS protected, round(47 + a, 5) AS latitude, round(8 + b, 5) AS longitude
FROM typed
