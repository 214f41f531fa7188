/**
 * The kinds of questions that analysts ask of Athena, over tables that are generated in the query itself: both engines make
 * the same rows of them. Cost and usage, logs of load balancers and firewalls, inventories, funnels, sessions, retention.
 */

/** Each as the query of a WITH clause; `n` counts the rows. */
const TABLES: Readonly<Record<string, string>> = {
  events: `SELECT n AS event_id, 'u' || CAST(n % 7 AS varchar) AS user_id,
    TIMESTAMP '2024-03-01 00:00:00' + (n * n % 97) * INTERVAL '37' MINUTE + n * INTERVAL '5' HOUR AS ts,
    element_at(ARRAY['view', 'cart', 'pay', 'view', 'search'], CAST(n * 3 % 5 + 1 AS integer)) AS event,
    CAST(n * 17 % 101 AS double) / 4 AS amount, IF(n % 6 = 0, NULL, n * 13 % 10) AS score
    FROM UNNEST(sequence(1, 80)) AS s (n)`,
  cur: `SELECT '1234' || lpad(CAST(n % 3 AS varchar), 8, '0') AS line_item_usage_account_id,
    TIMESTAMP '2024-01-01 00:00:00' + n % 60 * INTERVAL '1' DAY AS line_item_usage_start_date,
    element_at(ARRAY['AmazonEC2', 'AmazonS3', 'AWSLambda'], CAST(n % 3 + 1 AS integer)) AS line_item_product_code,
    element_at(ARRAY['Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage', 'Tax'], CAST(n % 4 + 1 AS integer)) AS line_item_line_item_type,
    CAST(n * 7 % 50 AS double) / 8 AS line_item_unblended_cost, CAST(n * 3 % 11 AS decimal(18, 4)) / 7 AS pricing_cost,
    MAP(ARRAY['region', 'instance_type'], ARRAY['eu-west-' || CAST(n % 2 + 1 AS varchar), IF(n % 5 = 0, NULL, 'm5.' || CAST(n % 3 AS varchar))]) AS product,
    MAP(ARRAY['user_team'], ARRAY[IF(n % 4 = 0, '', 'team' || CAST(n % 3 AS varchar))]) AS resource_tags
    FROM UNNEST(sequence(1, 60)) AS s (n)`,
  waf: `SELECT 1709251200000 + n * 61000 AS "timestamp", IF(n % 3 = 0, 'BLOCK', 'ALLOW') AS action,
    CAST(ROW('10.0.' || CAST(n % 4 AS varchar) || '.' || CAST(n AS varchar), IF(n % 2 = 0, 'DE', 'US'), '/p/' || CAST(n % 5 AS varchar),
      ARRAY[CAST(ROW('Host', 'a.example') AS row(name varchar, value varchar)), CAST(ROW('User-Agent', 'bot/' || CAST(n % 3 AS varchar)) AS row(name varchar, value varchar))])
      AS row(clientip varchar, country varchar, uri varchar, headers array(row(name varchar, value varchar)))) AS httprequest,
    ARRAY[CAST(ROW('rule' || CAST(n % 4 AS varchar), 'COUNT') AS row(ruleid varchar, action varchar))] AS rules
    FROM UNNEST(sequence(1, 40)) AS s (n)`,
  finding: `SELECT n AS id, '{"severity":' || CAST(n % 9 AS varchar) || ',"type":"Recon:EC2/' || IF(n % 2 = 0, 'Port', 'Probe') || '","resource":{"tags":[{"key":"env","value":"'
    || IF(n % 3 = 0, 'prod', 'dev') || '"},{"key":"n","value":' || CAST(n AS varchar) || '}],"ports":[' || CAST(n AS varchar) || ',' || CAST(n * 2 AS varchar) || ']},"gone":null}' AS detail
    FROM UNNEST(sequence(1, 20)) AS s (n)`,
  inventory: `SELECT 'bucket-' || CAST(n % 2 AS varchar) AS bucket, 'logs/2024/' || lpad(CAST(n % 12 + 1 AS varchar), 2, '0') || '/file' || CAST(n AS varchar) || IF(n % 3 = 0, '.gz', '.parquet') AS key,
    n * n * 1024 AS size, DATE '2024-01-01' + n % 90 * INTERVAL '1' DAY AS last_modified, IF(n % 4 = 0, 'GLACIER', 'STANDARD') AS storage_class, n % 5 <> 0 AS is_latest
    FROM UNNEST(sequence(1, 70)) AS s (n)`,
  requests: `SELECT format('2024-03-%02d 1%d:%02d:00', n % 28 + 1, n % 10, n % 60) AS stamp, element_at(ARRAY[200, 304, 404, 500], CAST(n % 4 + 1 AS integer)) AS status,
    n * 31 % 400 AS ms, 'https://h.example/a%20b/' || CAST(n % 3 AS varchar) || '?q=' || CAST(n AS varchar) || '&r=' || CAST(n % 2 AS varchar) AS url, '192.168.' || CAST(n % 3 AS varchar) || '.' || CAST(n AS varchar) AS ip
    FROM UNNEST(sequence(1, 50)) AS s (n)`,
}

const over = (tables: string, query: string): string => {
  const named = tables.split(' ').map((name) => `${name} AS (${TABLES[name]})`)
  const isMore = /^WITH /.test(query)
  return `WITH ${named.join(', ')}${isMore ? `, ${query.slice(5)}` : ` ${query}`}`
}

export const ANALYTIC_QUERIES: readonly string[] = [
  // Sessions: gaps of half an hour and more.
  over(
    'events',
    `WITH gaps AS (SELECT *, ts - lag(ts) OVER (PARTITION BY user_id ORDER BY ts, event_id) AS gap FROM events),
      marked AS (SELECT *, sum(IF(gap IS NULL OR gap > INTERVAL '30' MINUTE, 1, 0)) OVER (PARTITION BY user_id ORDER BY ts, event_id) AS session FROM gaps)
    SELECT user_id, session, count(*), min(ts), max(ts) - min(ts), array_agg(event ORDER BY ts, event_id) FROM marked GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'events',
    `SELECT user_id, max(gap), min(gap), approx_percentile(date_diff('second', TIMESTAMP '2024-03-01 00:00:00', ts), 0.5)
      FROM (SELECT user_id, ts, ts - lag(ts, 1, ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap FROM events) GROUP BY user_id ORDER BY user_id`,
  ),
  // Funnels.
  over(
    'events',
    `WITH steps AS (SELECT user_id, min(ts) FILTER (WHERE event = 'view') AS viewed, min(ts) FILTER (WHERE event = 'cart') AS carted, min(ts) FILTER (WHERE event = 'pay') AS paid FROM events GROUP BY user_id)
    SELECT count(viewed), count(CASE WHEN carted > viewed THEN 1 END), count_if(paid > carted AND carted > viewed), round(100.0 * count_if(paid > carted) / nullif(count(viewed), 0), 2),
      to_milliseconds(max(paid - viewed)), avg(to_unixtime(paid) - to_unixtime(viewed)) FROM steps`,
  ),
  over(
    'events',
    `SELECT user_id, cardinality(filter(path, e -> e = 'cart')), array_position(path, 'pay'), slice(path, 1, 3), array_join(array_distinct(path), '>'), reduce(path, 0, (s, e) -> s + length(e), s -> s)
      FROM (SELECT user_id, array_agg(event ORDER BY ts, event_id) AS path FROM events GROUP BY user_id) ORDER BY 1`,
  ),
  over(
    'events',
    `SELECT * FROM events MATCH_RECOGNIZE (PARTITION BY user_id ORDER BY ts, event_id
      MEASURES first(v.ts) AS began, last(p.ts) AS paid, count(*) AS steps, match_number() AS m, sum(v.amount) AS looked
      ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (v+ o*? p) DEFINE v AS event = 'view', p AS event = 'pay' AND p.ts - first(v.ts) < INTERVAL '20' DAY) ORDER BY user_id, m`,
  ),
  over(
    'events',
    `SELECT user_id, event_id, label, m FROM events MATCH_RECOGNIZE (PARTITION BY user_id ORDER BY event_id
      MEASURES classifier() AS label, match_number() AS m ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP TO NEXT ROW
      PATTERN (a b{2,}) DEFINE b AS b.amount > prev(b.amount)) ORDER BY 1, 2, 4, 3`,
  ),
  // Retention by cohort.
  over(
    'events',
    `WITH cohorts AS (SELECT user_id, date_trunc('week', min(ts)) AS cohort FROM events GROUP BY user_id)
    SELECT cohort, date_diff('week', cohort, date_trunc('week', ts)) AS week, count(DISTINCT e.user_id) AS users, approx_distinct(e.user_id),
      round(CAST(count(DISTINCT e.user_id) AS double) / max(count(DISTINCT e.user_id)) OVER (PARTITION BY cohort), 3)
      FROM events e JOIN cohorts c ON c.user_id = e.user_id GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'events',
    `SELECT day, users, sum(users) OVER (ORDER BY day RANGE BETWEEN INTERVAL '6' DAY PRECEDING AND CURRENT ROW), avg(users) OVER (ORDER BY day RANGE BETWEEN INTERVAL '2' DAY PRECEDING AND INTERVAL '2' DAY FOLLOWING)
      FROM (SELECT CAST(ts AS date) AS day, count(DISTINCT user_id) AS users FROM events GROUP BY 1) ORDER BY day`,
  ),
  over(
    'events',
    `SELECT event_id, count(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '12' HOUR PRECEDING AND CURRENT ROW), first_value(event_id) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND INTERVAL '1' HOUR PRECEDING) FROM events ORDER BY ts, event_id`,
  ),
  over(
    'events',
    `SELECT event_id, score, sum(amount) OVER (ORDER BY score GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING), count(*) OVER (ORDER BY score DESC NULLS LAST GROUPS CURRENT ROW), max(event_id) OVER (ORDER BY score NULLS FIRST RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) FROM events ORDER BY event_id`,
  ),
  over(
    'events',
    `SELECT user_id, event_id, last_value(score) IGNORE NULLS OVER w, first_value(score) IGNORE NULLS OVER (PARTITION BY user_id ORDER BY event_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), lead(score, 2) IGNORE NULLS OVER w, nth_value(score, 2) OVER w, ntile(3) OVER w, cume_dist() OVER w, percent_rank() OVER w
      FROM events WINDOW w AS (PARTITION BY user_id ORDER BY event_id) ORDER BY 1, 2`,
  ),
  over(
    'events',
    `SELECT user_id, event, count(*), sum(amount), grouping(user_id, event), grouping(event) FROM events GROUP BY CUBE (user_id, event) HAVING count(*) > 3 ORDER BY 5, 1, 2`,
  ),
  over(
    'events',
    `SELECT date_trunc('month', ts), event, user_id, max_by(event_id, amount), min_by(event_id, amount, 2), grouping(event, user_id) FROM events WHERE user_id IN ('u1', 'u2')
      GROUP BY GROUPING SETS ((date_trunc('month', ts)), (event, user_id), ROLLUP (event)) ORDER BY 6, 1, 2, 3`,
  ),
  over(
    'events',
    `SELECT e.user_id, l.ts, l.n FROM (SELECT DISTINCT user_id FROM events) e CROSS JOIN LATERAL (SELECT max(ts) AS ts, count(*) AS n FROM events x WHERE x.user_id = e.user_id AND x.event = 'view') l ORDER BY 1`,
  ),
  over(
    'events',
    `SELECT user_id, (SELECT max(x.amount) FROM events x WHERE x.user_id = e.user_id AND x.event_id < e.event_id), EXISTS (SELECT 1 FROM events y WHERE y.user_id = e.user_id AND y.event = 'pay' AND y.ts > e.ts), event_id IN (SELECT event_id FROM events WHERE amount > 20) FROM events e ORDER BY event_id`,
  ),
  over(
    'events',
    `SELECT user_id, p.pos, p.ev, p.am FROM (SELECT user_id, array_agg(event ORDER BY event_id) evs, array_agg(amount ORDER BY event_id) ams FROM events GROUP BY user_id) CROSS JOIN UNNEST(evs, slice(ams, 2, 3)) WITH ORDINALITY AS p (ev, am, pos) WHERE pos <= 5 ORDER BY 1, 2`,
  ),
  over(
    'events',
    `SELECT histogram(event), map_agg(event_id, amount)[3], multimap_agg(user_id, event_id)['u2'], map_entries(map_filter(histogram(user_id), (k, v) -> v > 11)), transform_values(histogram(event), (k, v) -> v * 1.0 / 80) FROM events`,
  ),
  over(
    'events',
    `SELECT width_bucket(amount, 0, 25, 5), count(*), numeric_histogram(3, amount), approx_percentile(amount, ARRAY[0.25, 0.5, 0.75]), stddev(amount), corr(amount, score), regr_slope(amount, score), covar_pop(amount, score), kurtosis(amount), skewness(amount), geometric_mean(amount + 1) FROM events GROUP BY 1 ORDER BY 1`,
  ),
  over(
    'events',
    `SELECT user_id, listagg(event, ',') WITHIN GROUP (ORDER BY event_id), listagg(DISTINCT event, '/') WITHIN GROUP (ORDER BY event), bool_or(amount > 24), every(amount > 1), arbitrary(user_id), checksum(event_id), bitwise_or_agg(event_id) FROM events GROUP BY user_id ORDER BY 1`,
  ),
  over(
    'events',
    `SELECT date_format(ts, '%Y-%m-%d %H:%i'), format_datetime(ts, 'EEE dd MMM yyyy'), day_of_week(ts), week(ts), year_of_week(ts), quarter(ts), last_day_of_month(ts), date_add('month', 1, ts), at_timezone(with_timezone(ts, 'America/New_York'), 'Asia/Tokyo'), to_iso8601(ts), ts AT TIME ZONE 'Europe/Berlin' FROM events ORDER BY event_id LIMIT 12`,
  ),
  over(
    'events',
    `SELECT hour(ts), count(*) AS n, rpad('', CAST(count(*) AS bigint), '#'), sum(count(*)) OVER (ORDER BY hour(ts)), rank() OVER (ORDER BY count(*) DESC), ratio_of FROM (SELECT ts, 1 AS ratio_of FROM events) GROUP BY hour(ts), ratio_of ORDER BY 1`,
  ),
  over(
    'events',
    `SELECT d, coalesce(n, 0), sum(coalesce(n, 0)) OVER (ORDER BY d) FROM UNNEST(sequence(DATE '2024-03-01', DATE '2024-03-21', INTERVAL '3' DAY)) AS c (d) LEFT JOIN (SELECT CAST(date_trunc('day', ts) AS date) AS day, count(*) AS n FROM events GROUP BY 1) e ON e.day >= c.d AND e.day < c.d + INTERVAL '3' DAY ORDER BY 1, 2`,
  ),
  over(
    'events',
    `SELECT a.user_id, b.user_id, count(*), cardinality(array_intersect(array_agg(DISTINCT a.event), array_agg(DISTINCT b.event))) FROM events a JOIN events b ON a.event = b.event AND a.user_id < b.user_id AND abs(date_diff('hour', a.ts, b.ts)) < 10 GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'events',
    `SELECT event, amount, row_number() OVER (PARTITION BY event ORDER BY amount DESC, event_id) AS r FROM events QUALIFY r = 1`,
  ),
  over(
    'events',
    `SELECT * FROM (SELECT event, user_id, row_number() OVER (PARTITION BY event ORDER BY amount DESC, event_id) AS r, dense_rank() OVER (PARTITION BY event ORDER BY floor(amount)) AS d FROM events) WHERE r <= 2 ORDER BY event, r`,
  ),
  over(
    'events',
    `SELECT event_id, m OVER w, n OVER w FROM events WHERE user_id = 'u3' WINDOW w AS (ORDER BY event_id MEASURES last(up.amount) AS m, count(up.event_id) AS n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING AFTER MATCH SKIP PAST LAST ROW PATTERN (s up+) DEFINE up AS up.amount > prev(up.amount)) ORDER BY 1`,
  ),
  // Cost and usage.
  over(
    'cur',
    `SELECT line_item_product_code, date_format(line_item_usage_start_date, '%Y-%m') AS month, round(sum(line_item_unblended_cost), 2), sum(sum(line_item_unblended_cost)) OVER (PARTITION BY line_item_product_code ORDER BY date_format(line_item_usage_start_date, '%Y-%m')),
      sum(CASE line_item_line_item_type WHEN 'SavingsPlanCoveredUsage' THEN 0 WHEN 'DiscountedUsage' THEN pricing_cost ELSE line_item_unblended_cost END) FROM cur GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'cur',
    `SELECT product['region'], coalesce(nullif(resource_tags['user_team'], ''), 'untagged') AS team, sum(pricing_cost), avg(pricing_cost), max(pricing_cost) - min(pricing_cost), count(DISTINCT product['instance_type']) FROM cur GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'cur',
    `SELECT element_at(product, 'absent'), try(product['absent']), map_keys(product), cardinality(product), map_concat(product, resource_tags), split_part(product['instance_type'], '.', 1), regexp_extract(product['instance_type'], '(\\w+)\\.(\\d)', 2) FROM cur ORDER BY line_item_usage_start_date, line_item_usage_account_id, line_item_unblended_cost LIMIT 15`,
  ),
  over('cur', `SELECT product['absent'] FROM cur`),
  over(
    'cur',
    `WITH daily AS (SELECT CAST(line_item_usage_start_date AS date) AS d, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1)
    SELECT d, cost, cost - lag(cost) OVER (ORDER BY d), 100 * (cost / lag(cost, 7) OVER (ORDER BY d) - 1), avg(cost) OVER (ORDER BY d ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), cost > avg(cost) OVER () + 2 * stddev(cost) OVER () FROM daily ORDER BY d`,
  ),
  over(
    'cur',
    `SELECT line_item_usage_account_id, max(IF(line_item_product_code = 'AmazonEC2', c, 0)) AS ec2, max(IF(line_item_product_code = 'AmazonS3', c, 0)) AS s3, sum(c) FROM (SELECT line_item_usage_account_id, line_item_product_code, sum(pricing_cost) AS c FROM cur GROUP BY 1, 2) GROUP BY 1 ORDER BY 1`,
  ),
  over(
    'cur',
    `SELECT k, v, count(*), sum(pricing_cost) FROM cur CROSS JOIN UNNEST(product) AS p (k, v) WHERE line_item_line_item_type NOT IN ('Tax', 'Credit') AND year(line_item_usage_start_date) = 2024 GROUP BY ROLLUP (k, v) ORDER BY 1, 2, 3`,
  ),
  over(
    'cur',
    `SELECT CAST(sum(pricing_cost) AS decimal(10, 2)), sum(pricing_cost) * 1.2, sum(pricing_cost) / count(*), CAST(pricing_cost AS varchar), round(sum(pricing_cost), 1), truncate(sum(pricing_cost)), -pricing_cost % 2, format('%.2f', sum(line_item_unblended_cost)) FROM cur GROUP BY pricing_cost ORDER BY pricing_cost`,
  ),
  over(
    'cur',
    `SELECT date_add('day', -day(line_item_usage_start_date) + 1, line_item_usage_start_date) = date_trunc('month', line_item_usage_start_date), bill, count(*) FROM (SELECT *, CAST(month(line_item_usage_start_date) AS varchar) || '/' || CAST(year(line_item_usage_start_date) AS varchar) AS bill FROM cur) GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  // WAF.
  over(
    'waf',
    `SELECT httprequest.country, action, count(*), array_sort(array_agg(DISTINCT httprequest.uri)), from_unixtime(min("timestamp") / 1000), max(from_unixtime_nanos("timestamp" * 1000000)) FROM waf GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'waf',
    `SELECT h.value, count(*), count(DISTINCT httprequest.clientip), rank() OVER (ORDER BY count(*) DESC, h.value) FROM waf, UNNEST(httprequest.headers) AS h (name, value) WHERE lower(h.name) = 'user-agent' GROUP BY h.value ORDER BY 1`,
  ),
  over(
    'waf',
    `SELECT element_at(filter(httprequest.headers, x -> x.name = 'Host'), 1).value, transform(rules, r -> r.ruleid), any_match(rules, r -> r.action = 'COUNT' AND r.ruleid = 'rule1'), CAST(httprequest AS json), json_format(CAST(rules AS json)) FROM waf ORDER BY "timestamp" LIMIT 6`,
  ),
  over(
    'waf',
    `SELECT contains('10.0.1.0/24', CAST(httprequest.clientip AS ipaddress)), count(*), min(CAST(httprequest.clientip AS ipaddress)), ip_prefix(CAST(max(httprequest.clientip) AS ipaddress), 16) FROM waf GROUP BY 1 ORDER BY 1`,
  ),
  over(
    'waf',
    `SELECT r.ruleid, t.pos, count(*) FROM waf CROSS JOIN UNNEST(rules) WITH ORDINALITY AS t (ruleid, act, pos) CROSS JOIN UNNEST(rules) AS r (ruleid, act) GROUP BY 1, 2 ORDER BY 1`,
  ),
  over(
    'waf',
    `SELECT date_trunc('hour', from_unixtime("timestamp" / 1000)) AS h, sum(CASE WHEN action = 'BLOCK' THEN 1 ELSE 0 END) * 1.0 / count(*), date_format(from_unixtime("timestamp" / 1e3), '%H') FROM waf GROUP BY 1, 3 ORDER BY 1, 3`,
  ),
  // GuardDuty, Config.
  over(
    'finding',
    `SELECT json_extract_scalar(detail, '$.type'), CAST(json_extract(detail, '$.severity') AS integer), json_extract(detail, '$.resource.ports[1]'), json_array_length(json_extract(detail, '$.resource.ports')), json_extract(detail, '$.gone'), json_extract_scalar(detail, '$.gone'), json_extract_scalar(detail, '$.resource'), json_size(detail, '$.resource') FROM finding ORDER BY id`,
  ),
  over(
    'finding',
    `SELECT id, CAST(json_extract(detail, '$.resource.tags') AS array(map(varchar, json))), CAST(json_parse(detail) AS row(severity bigint, type varchar, resource row(ports array(bigint)), gone varchar)), CAST(json_extract(detail, '$.resource.ports') AS array(integer)) FROM finding ORDER BY id LIMIT 4`,
  ),
  over(
    'finding',
    `SELECT json_value(detail, 'lax $.resource.tags[*]?(@.key == "env").value'), json_query(detail, 'lax $.resource.tags[*].value' WITH ARRAY WRAPPER), json_exists(detail, 'strict $.resource.ports[5]'), json_value(detail, 'lax $.severity' RETURNING integer), json_query(detail, 'lax $.resource.ports[last]'), json_value(detail, 'lax $.resource.ports.size()'), count(*) FROM finding GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 2`,
  ),
  over(
    'finding',
    `SELECT json_extract_scalar(t, '$.key'), count(*), array_agg(json_format(json_extract(t, '$.value')) ORDER BY id) FROM finding CROSS JOIN UNNEST(CAST(json_extract(detail, '$.resource.tags') AS array(json))) AS x (t) GROUP BY 1 ORDER BY 1`,
  ),
  over(
    'finding',
    `SELECT id, json_object('id' : id, 'type' : json_extract_scalar(detail, '$.type'), 'tags' : json_array(1, NULL, 'x' NULL ON NULL) FORMAT JSON), json_format(CAST(MAP(ARRAY['b', 'a'], ARRAY[id, 2]) AS json)), CAST(CAST(ROW(id, NULL, ARRAY[1.5]) AS row(a bigint, b varchar, c array(double))) AS json) FROM finding ORDER BY id LIMIT 3`,
  ),
  // Inventories.
  over(
    'inventory',
    `SELECT bucket, storage_class, count(*), sum(size), format_number(sum(size)), round(sum(size) / pow(1024, 2), 3), max_by(key, size), approx_percentile(size, 0.9), sum(size) FILTER (WHERE NOT is_latest) FROM inventory GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'inventory',
    `SELECT regexp_extract(key, '[^/]+$'), regexp_replace(key, '(\\d{4})/(\\d{2})', '$2-$1'), split(key, '/'), split_part(key, '/', -1), reverse(split_part(reverse(key), '.', 1)), strpos(key, '/', 2), substr(key, -8), regexp_like(key, '(?i)FILE\\d+\\.GZ$'), regexp_extract_all(key, '\\d+') FROM inventory ORDER BY size LIMIT 14`,
  ),
  over(
    'inventory',
    `SELECT CASE WHEN size < 1024 * 128 THEN 'small' WHEN size BETWEEN 131072 AND 1048576 THEN 'medium' ELSE 'large' END AS class, count(*), date_diff('day', min(last_modified), DATE '2024-04-30'), count_if(last_modified < DATE '2024-04-30' - INTERVAL '60' DAY), histogram(element_at(split(key, '.'), 2)) FROM inventory GROUP BY 1 ORDER BY 1`,
  ),
  over(
    'inventory',
    `SELECT last_modified, sum(sum(size)) OVER (ORDER BY last_modified RANGE BETWEEN INTERVAL '1' MONTH PRECEDING AND CURRENT ROW), count(*) OVER (ORDER BY last_modified RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '7' DAY PRECEDING) FROM inventory GROUP BY last_modified ORDER BY last_modified`,
  ),
  over(
    'inventory',
    `SELECT key, size FROM inventory WHERE (bucket, storage_class) IN (SELECT bucket, storage_class FROM inventory GROUP BY 1, 2 HAVING count(*) > 25) ORDER BY size DESC, key FETCH FIRST 5 ROWS WITH TIES`,
  ),
  over(
    'inventory',
    `SELECT bucket, key FROM inventory WHERE size % 3 = 0 INTERSECT SELECT bucket, key FROM inventory WHERE is_latest EXCEPT SELECT bucket, key FROM inventory WHERE storage_class = 'GLACIER' ORDER BY 2`,
  ),
  over(
    'inventory',
    `SELECT md5(to_utf8(min(key))), to_hex(sha256(to_utf8(max(key)))), from_utf8(from_base64(to_base64(to_utf8(min(key))))), crc32(to_utf8(max(key))), to_hex(xxhash64(to_utf8(min(key)))), levenshtein_distance(min(key), max(key)), url_encode(min(key)) FROM inventory`,
  ),
  // Requests.
  over(
    'requests',
    `SELECT parse_datetime(stamp, 'yyyy-MM-dd HH:mm:ss'), date_parse(stamp, '%Y-%m-%d %H:%i:%s'), CAST(stamp AS timestamp), CAST(substr(stamp, 1, 10) AS date), from_iso8601_timestamp(replace(stamp, ' ', 'T') || 'Z') FROM requests ORDER BY ms LIMIT 8`,
  ),
  over(
    'requests',
    `SELECT url_extract_path(url), url_decode(url_extract_path(url)), url_extract_parameter(url, 'q'), url_extract_host(url), url_extract_query(url), url_extract_protocol(url), url_extract_port(url) FROM requests ORDER BY ms LIMIT 8`,
  ),
  over(
    'requests',
    `SELECT status, count(*), approx_percentile(ms, 0.5), approx_percentile(ms, 0.95, 0.01), avg(ms), sum(ms) / count(*), CAST(100.0 * count(*) / sum(count(*)) OVER () AS decimal(5, 2)), array_agg(ms ORDER BY ms DESC)[1], max(ms, 3), status / 100 * 100 FROM requests GROUP BY status ORDER BY status`,
  ),
  over(
    'requests',
    `SELECT date_trunc('week', d), count(*), count_if(status >= 500), lag(count(*)) OVER (ORDER BY date_trunc('week', d)), tdigest FROM (SELECT CAST(stamp AS timestamp(0)) AS d, status, 1 AS tdigest FROM requests) GROUP BY 1, tdigest ORDER BY 1`,
  ),
  over(
    'requests',
    `SELECT a.status, b.status, count(*) FROM requests a FULL OUTER JOIN requests b ON a.ms = b.ms AND a.status <> b.status GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over(
    'requests',
    `SELECT value_at_quantile(tdigest_agg(CAST(ms AS double)), 0.5), value_at_quantile(qdigest_agg(ms), 0.9), cardinality(merge(h)), cardinality(approx_set(ip)) FROM (SELECT ms, ip, approx_set(ip) OVER (PARTITION BY status) AS h FROM requests)`,
  ),
  over(
    'requests',
    `SELECT ip, status FROM requests WHERE ip LIKE '192.168._.1%' AND status NOT BETWEEN 300 AND 399 AND (ms > 100 OR url NOT LIKE '%r=1') ORDER BY ip`,
  ),
  over(
    'requests',
    `WITH RECURSIVE chain (lo, hi, n) AS (SELECT 0, 50, 0 UNION ALL SELECT hi, hi + 50, n + 1 FROM chain WHERE n < 7) SELECT lo, hi, count(ms), coalesce(avg(ms), 0) FROM chain LEFT JOIN requests ON ms >= lo AND ms < hi GROUP BY lo, hi ORDER BY lo`,
  ),
  over(
    'requests',
    `SELECT status, sum(ms), grouping(status), GROUPING(substr(ip, 1, 9)) FROM requests GROUP BY status, ROLLUP (substr(ip, 1, 9)) ORDER BY 1, 2`,
  ),
  over(
    'requests',
    `SELECT try_cast(url AS integer), try(1 / (status - 200)), coalesce(try_cast(substr(ip, 9) AS double), -1), typeof(ms), typeof(status / 3.0), typeof(CAST(ms AS real) * 2), nullif(status, 200), greatest(ms, status), least(CAST(ms AS double), 3.5) FROM requests ORDER BY ms LIMIT 5`,
  ),
  over(
    'requests inventory',
    `SELECT r.status, i.bucket, count(*) FROM requests r JOIN inventory i ON r.ms % 7 = i.size % 7 AND (r.status = 200 OR i.is_latest) LEFT JOIN (SELECT bucket, max(size) AS most FROM inventory GROUP BY bucket) m USING (bucket) GROUP BY 1, 2 ORDER BY 1, 2`,
  ),
  over('requests', `SELECT status, ms FROM requests GROUP BY status`),
  over('requests', `SELECT status AS s FROM requests WHERE s > 1`),
  over('requests', `SELECT count(*) AS n FROM requests HAVING n > 1`),
  over('requests', `SELECT sum(url) FROM requests`),
  over('requests', `SELECT status = '200' FROM requests`),
  over('requests', `SELECT CAST(url AS integer) FROM requests`),
  over('requests', `SELECT (SELECT ms FROM requests)`),
  over('events', `SELECT date_diff('day', ts, '2024-01-01') FROM events`),
  over('events', `SELECT sum(amount) OVER (ORDER BY ts RANGE 5 PRECEDING) FROM events`),
  over('events', `SELECT user_id FROM events ORDER BY sum(amount)`),
  over('cur', `SELECT product.region FROM cur`),
  over('waf', `SELECT httprequest.nosuch FROM waf`),
]
