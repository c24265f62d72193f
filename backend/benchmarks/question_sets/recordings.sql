-- What was recorded from whom: no circuit at all, and questions to it are asked just so.
CREATE TABLE t AS
WITH raw AS (SELECT i, hash(i + 8) % 1000 / 1000.0 AS a, hash(i + 808) % 1000 / 1000.0 AS b, (hash(i * 5 + 2) % 100)::INT AS e FROM range(1500) r(i))
SELECT i AS recording_id, ['Mo', 'Ada', 'Rex', 'Kim', 'Lux', 'Pip'][1 + (hash(i + 1) % 6)::INT] AS subject,
    CASE WHEN hash(i + 1) % 2 = 0 THEN 'female' ELSE 'male' END AS sex, ['CA1', 'CA3', 'dentate gyrus', 'subiculum'][1 + (hash(i + 2) % 4)::INT] AS brain_region,
    ['pyramidal cell', 'basket cell', 'granule cell', 'OLM cell'][1 + (hash(i + 3) % 4)::INT] AS cell_type,
    CASE WHEN e < 6 THEN NULL ELSE round(-80 + a * 25, 2) END AS resting_potential, round(40 + b * 260, 1) AS input_resistance,
    (hash(i + 5) % 90)::INTEGER AS spikes, (20 + hash(i + 6) % 200)::INTEGER AS age, round(b * 12, 2) AS temperature,
    DATE '2022-01-03' + (hash(i + 9) % 1000)::INTEGER AS recorded_on, e % 7 <> 0 AS passed, CASE WHEN e < 25 THEN NULL ELSE ['Ito', 'Brown', 'Okafor'][1 + (e % 3)::INT] END AS experimenter
FROM raw
