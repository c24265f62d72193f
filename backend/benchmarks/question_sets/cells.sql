-- A visual cortex as the other large school writes it: names that say layer and line at once, tuning, few columns.
CREATE TABLE t AS
WITH raw AS (SELECT i, hash(i + 3) % 1000 / 1000.0 AS a, hash(i + 777) % 1000 / 1000.0 AS b, hash(i + 4242) % 1000 / 1000.0 AS c,
    hash(i * 7 + 5) % 100 AS e FROM range(2400) r(i)),
placed AS (SELECT *, CASE WHEN a < 0.08 THEN 'VisL1' WHEN a < 0.34 THEN 'VisL23' WHEN a < 0.58 THEN 'VisL4' WHEN a < 0.8 THEN 'VisL5' ELSE 'VisL6' END AS location FROM raw),
named AS (SELECT *, CASE location WHEN 'VisL1' THEN ['Htr3a'] WHEN 'VisL23' THEN ['Cux2', 'Cux2', 'Cux2', 'Pvalb', 'Sst', 'Htr3a']
    WHEN 'VisL4' THEN ['Rorb', 'Nr5a1', 'Scnn1a', 'Rorb', 'Pvalb', 'Sst'] WHEN 'VisL5' THEN ['Rbp4', 'Rbp4', 'Rbp4', 'Pvalb', 'Sst']
    ELSE ['Ntsr1', 'Ntsr1', 'Ntsr1', 'Pvalb', 'Htr3a'] END AS choice FROM placed),
chosen AS (SELECT *, choice[1 + (hash(i + 99) % len(choice))::INT] AS cell_line FROM named)
SELECT i AS node_id, 'v1' AS population, location, cell_line,
    CASE WHEN cell_line IN ('Htr3a', 'Pvalb', 'Sst') THEN 'i' ELSE 'e' END AS ei, CASE WHEN e < 70 THEN 'biophysical' ELSE 'point_neuron' END AS model_type,
    CASE WHEN cell_line IN ('Htr3a', 'Pvalb', 'Sst') OR e % 10 = 3 THEN NULL ELSE round(b * 360, 2) END AS tuning_angle,
    round(-400 + b * 800, 2) AS x, round(-50 - a * 850, 2) AS y, round(-400 + c * 800, 2) AS z, round(50 + a * 850, 2) AS depth,
    round(0.2 + b * 4 + CASE WHEN cell_line = 'Pvalb' THEN 6 ELSE 0 END, 3) AS firing_rate, round(9 + c * 8, 2) AS soma_diameter,
    (1 + hash(i + 17) % 60)::INTEGER AS dendrite_count
FROM chosen
