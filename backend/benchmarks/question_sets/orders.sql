-- A shop's orders: another domain, with dates, a truth column and units in the names.
CREATE TABLE t AS
WITH raw AS (SELECT i, hash(i + 5) % 1000 / 1000.0 AS a, hash(i + 8000) % 1000 / 1000.0 AS b, hash(i + 99) % 1000 / 1000.0 AS c FROM range(2000) r(i)),
placed AS (SELECT *, ['Germany', 'France', 'Spain', 'Italy', 'Italy'][1 + (hash(i + 2) % 5)::INT] AS country, ['books', 'garden', 'lighting', 'toys'][1 + (hash(i + 3) % 4)::INT] AS category FROM raw)
SELECT i + 1 AS order_id, ['Ada Byron', 'Carl Orff', 'Emmy Noether', 'Karl Krolow', 'Ines Prado', 'Luca Conti', 'Marie Roux', 'Jan Vos'][1 + (a * a * 8)::INT % 8] || ' ' || (1 + i % 9) AS customer,
    CASE country WHEN 'Germany' THEN ['Berlin', 'Bremen'] WHEN 'France' THEN ['Paris', 'Lyon'] WHEN 'Spain' THEN ['Sevilla', 'Madrid'] ELSE ['Rome', 'Turin'] END[1 + i % 2] AS city,
    country, CASE category WHEN 'books' THEN ['atlas', 'cook book', 'novel'] WHEN 'garden' THEN ['rake', 'garden lamp', 'hose'] WHEN 'lighting' THEN ['desk lamp', 'floor lamp', 'bulb'] ELSE ['kite', 'puzzle', 'train set'] END[1 + (hash(i + 4) % 3)::INT] AS product,
    category, ['shipped', 'shipped', 'shipped', 'pending', 'returned', 'cancelled'][1 + (hash(i + 6) % 6)::INT] AS status,
    round(5 + b * CASE category WHEN 'books' THEN 60 WHEN 'garden' THEN 180 WHEN 'lighting' THEN 130 ELSE 70 END, 2) AS price,
    (1 + hash(i + 9) % 8)::INT AS quantity, CASE WHEN c < 0.6 THEN NULL ELSE round(c / 4, 3) END AS discount, DATE '2023-09-01' + (i * 7919 % 480)::INT AS ordered_at,
    hash(i + 10) % 4 = 0 AS express, round(0.2 + c * 30 * b, 3) AS weight_kg
FROM placed
