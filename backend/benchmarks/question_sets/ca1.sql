-- A hippocampal population: other layers, other types, other parameters than the grammar was written with.
CREATE TABLE t AS
WITH raw AS (SELECT i, hash(i + 3) % 1000 / 1000.0 AS a, hash(i + 1000) % 1000 / 1000.0 AS b, hash(i + 77) % 1000 / 1000.0 AS c, hash(i + 4242) % 1000 / 1000.0 AS d FROM range(2500) r(i)),
typed AS (SELECT *, CASE WHEN a < 0.75 THEN 'SP_PC' WHEN a < 0.8 THEN 'SP_PVBC' WHEN a < 0.84 THEN 'SP_CCKBC' WHEN a < 0.86 THEN 'SP_Ivy' WHEN a < 0.875 THEN 'SP_AA' WHEN a < 0.92 THEN 'SO_OLM' WHEN a < 0.935 THEN 'SO_Tri' WHEN a < 0.97 THEN 'SR_SCA' ELSE 'SLM_PPA' END AS mtype FROM raw)
SELECT i AS node_id, 'hippocampus_neurons' AS population, split_part(mtype, '_', 1) AS layer, mtype,
    CASE WHEN hash(i) % 50 = 0 THEN NULL WHEN mtype = 'SP_PC' THEN 'cACpyr' ELSE ['bAC', 'cAC', 'cNAC'][1 + (hash(i + 1) % 3)::INT] END AS etype, mtype || '_' || coalesce(etype, 'x') || (i % 3) AS me_combo,
    CASE WHEN mtype = 'SP_PC' THEN 'EXC' ELSE 'INH' END AS synapse_class, CASE WHEN c < 0.47 THEN 'left' ELSE 'right' END AS hemisphere,
    'morph_' || (i % 41) AS morphology, round(b * 600, 3) AS x, round(d * 400, 3) AS y, round(c * 800, 3) AS z, round(-80 + d * 22, 4) AS resting_potential,
    CASE WHEN hash(i + 8) % 20 = 0 THEN NULL ELSE round(0.05 + a * 0.1 + d * 0.15, 5) END AS rheobase
FROM typed
