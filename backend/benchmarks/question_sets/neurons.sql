-- A cortical population as SONATA files have them: text of every kind, positions, dynamics parameters, gaps.
CREATE TABLE t AS
WITH raw AS (SELECT i, hash(i) % 1000 / 1000.0 AS a, hash(i + 7000) % 1000 / 1000.0 AS b, hash(i + 90000) % 1000 / 1000.0 AS c,
    hash(i + 500000) % 1000 / 1000.0 AS d, hash(i * 3 + 1) % 100 AS e FROM range(3000) r(i)),
typed AS (SELECT *, CASE WHEN a < 0.05 THEN '1' WHEN a < 0.18 THEN '2' WHEN a < 0.4 THEN '3' WHEN a < 0.55 THEN '4' WHEN a < 0.75 THEN '5' ELSE '6' END AS layer FROM raw),
named AS (SELECT *, CASE layer
    WHEN '1' THEN ['L1_DAC', 'L1_HAC', 'L1_SAC'] WHEN '2' THEN ['L2_TPC:A', 'L2_TPC:A', 'L2_TPC:A', 'L2_IPC', 'L2_IPC', 'L23_LBC', 'L23_MC']
    WHEN '3' THEN ['L3_TPC:A', 'L3_TPC:A', 'L3_TPC:A', 'L3_TPC:C', 'L3_TPC:C', 'L23_LBC', 'L23_MC', 'L23_NBC'] WHEN '4' THEN ['L4_SSC', 'L4_SSC', 'L4_TPC', 'L4_TPC', 'L4_TPC', 'L4_LBC']
    WHEN '5' THEN ['L5_TPC:A', 'L5_TPC:A', 'L5_TPC:A', 'L5_TPC:B', 'L5_TPC:B', 'L5_MC', 'L5_LBC'] ELSE ['L6_BPC', 'L6_BPC', 'L6_BPC', 'L6_TPC:A', 'L6_TPC:A', 'L6_MC', 'L6_LBC'] END AS choice FROM typed),
chosen AS (SELECT *, choice[1 + (hash(i + 31) % len(choice))::INT] AS mtype FROM named),
signed AS (SELECT *, CASE WHEN regexp_matches(mtype, 'PC|SSC') THEN 'EXC' ELSE 'INH' END AS synapse_class FROM chosen),
electric AS (SELECT *, CASE WHEN e < 2 THEN NULL WHEN synapse_class = 'EXC' THEN 'cADpyr' ELSE ['bAC', 'bNAC', 'cNAC', 'cNAC', 'dSTUT', 'bIR'][1 + (hash(i + 77) % 6)::INT] END AS etype FROM signed)
SELECT i AS node_id, 'S1nonbarrel_neurons' AS population, layer, mtype, etype, coalesce(etype, 'none') || '_' || mtype || '_' || (i % 4) AS me_combo,
    ['rp', 'vd', 'sm', 'tkb'][1 + (i % 4)] || (11 + i % 5) || '0' || (i % 13) || '_C' || (i % 3) || '_idA' AS morphology,
    CASE WHEN synapse_class = 'EXC' THEN 'PYR' ELSE 'INT' END AS morph_class, synapse_class,
    ['S1FL', 'S1FL', 'S1HL', 'S1J', 'S1Sh', 'S1Tr'][1 + (hash(i + 11) % 6)::INT] AS region, CASE WHEN c < 0.52 THEN 'left' ELSE 'right' END AS hemisphere,
    round(b * 1000, 3) AS x, round(2000 - layer::INT * 300 + d * 290, 3) AS y, round(c * 900, 3) AS z,
    CASE WHEN e BETWEEN 5 AND 9 THEN NULL ELSE round(0.05 + b * 0.2 + d * 0.15 + CASE WHEN synapse_class = 'EXC' THEN 0.05 ELSE 0 END, 6) END AS threshold_current,
    round(-0.1 + c * 0.08 - layer::INT * 0.003, 6) AS holding_current,
    round(60 + d * 150 + CASE WHEN synapse_class = 'INH' THEN 90 ELSE 0 END + CASE etype WHEN 'bIR' THEN 40 ELSE 0 END, 4) AS input_resistance,
    'hoc:' || coalesce(etype, 'none') AS model_template, 'biophysical' AS model_type, round(c * 6.283, 4) AS rotation_angle_yaxis
FROM electric
