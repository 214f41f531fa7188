/** A star of sales with its dimensions, after TPC-DS's, and queries that are built as that benchmark's are. */

/** Columns as `name type`. */
export const TABLES: Readonly<Record<string, string>> = {
  store_sales:
    'ss_sold_date_sk bigint, ss_item_sk bigint, ss_customer_sk bigint, ss_store_sk bigint, ss_promo_sk bigint, ss_ticket_number bigint, ss_quantity int, ss_sales_price double, ss_ext_sales_price double, ss_net_profit double, ss_coupon_amt double, ss_list_price double',
  web_sales:
    'ws_sold_date_sk bigint, ws_item_sk bigint, ws_bill_customer_sk bigint, ws_order_number bigint, ws_quantity int, ws_sales_price double, ws_ext_sales_price double, ws_net_profit double',
  store_returns:
    'sr_returned_date_sk bigint, sr_item_sk bigint, sr_customer_sk bigint, sr_store_sk bigint, sr_ticket_number bigint, sr_return_amt double, sr_net_loss double',
  date_dim:
    'd_date_sk bigint, d_date date, d_year int, d_moy int, d_dom int, d_qoy int, d_week_seq int, d_day_name string',
  item: 'i_item_sk bigint, i_item_id string, i_item_desc string, i_brand_id int, i_brand string, i_class string, i_category string, i_manufact_id int, i_manager_id int, i_current_price double',
  store:
    's_store_sk bigint, s_store_id string, s_store_name string, s_state string, s_county string, s_gmt_offset double',
  customer:
    'c_customer_sk bigint, c_customer_id string, c_current_addr_sk bigint, c_current_cdemo_sk bigint, c_first_name string, c_last_name string, c_birth_month int',
  customer_address: 'ca_address_sk bigint, ca_state string, ca_county string, ca_zip string, ca_country string',
  promotion: 'p_promo_sk bigint, p_channel_email string, p_channel_event string',
}

export const QUERIES: readonly string[] = [
  `SELECT d.d_year, i.i_brand_id, i.i_brand, sum(ss_ext_sales_price) AS sum_agg
   FROM date_dim d, store_sales, item i
   WHERE d.d_date_sk = ss_sold_date_sk AND ss_item_sk = i.i_item_sk AND i.i_manufact_id = 128 AND d.d_moy = 11
   GROUP BY d.d_year, i.i_brand, i.i_brand_id ORDER BY d.d_year, sum_agg DESC, i_brand_id LIMIT 100`,
  `WITH customer_total_return AS (
     SELECT sr_customer_sk AS ctr_customer_sk, sr_store_sk AS ctr_store_sk, sum(sr_return_amt) AS ctr_total_return
     FROM store_returns, date_dim WHERE sr_returned_date_sk = d_date_sk AND d_year = 2000
     GROUP BY sr_customer_sk, sr_store_sk)
   SELECT c_customer_id FROM customer_total_return ctr1, store, customer
   WHERE ctr1.ctr_total_return > (SELECT avg(ctr_total_return) * 1.2E0 FROM customer_total_return ctr2
       WHERE ctr1.ctr_store_sk = ctr2.ctr_store_sk)
     AND s_store_sk = ctr1.ctr_store_sk AND s_state = 'TN' AND ctr1.ctr_customer_sk = c_customer_sk
   ORDER BY c_customer_id LIMIT 100`,
  `SELECT i_item_id, i_item_desc, i_category, i_class, i_current_price, sum(ss_ext_sales_price) AS itemrevenue,
     sum(ss_ext_sales_price) * 100 / sum(sum(ss_ext_sales_price)) OVER (PARTITION BY i_class) AS revenueratio
   FROM store_sales, item, date_dim
   WHERE ss_item_sk = i_item_sk AND i_category IN ('Sports', 'Books', 'Home') AND ss_sold_date_sk = d_date_sk
     AND d_date BETWEEN DATE '1999-02-22' AND (DATE '1999-02-22' + INTERVAL '30' DAY)
   GROUP BY i_item_id, i_item_desc, i_category, i_class, i_current_price
   ORDER BY i_category, i_class, i_item_id, i_item_desc, revenueratio`,
  `WITH wss AS (
     SELECT d_week_seq, ss_store_sk,
       ${['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
         .map(
           (day) =>
             `sum(CASE WHEN d_day_name = '${day}' THEN ss_sales_price ELSE NULL END) AS ${day.slice(0, 3).toLowerCase()}_sales`,
         )
         .join(', ')}
     FROM store_sales, date_dim WHERE d_date_sk = ss_sold_date_sk GROUP BY d_week_seq, ss_store_sk)
   SELECT s_store_name1, s_store_id1, d_week_seq1, sun_sales1 / sun_sales2, mon_sales1 / mon_sales2, fri_sales1 / fri_sales2
   FROM (SELECT s_store_name AS s_store_name1, wss.d_week_seq AS d_week_seq1, s_store_id AS s_store_id1,
       sun_sales AS sun_sales1, mon_sales AS mon_sales1, fri_sales AS fri_sales1
     FROM wss, store, date_dim d
     WHERE d.d_week_seq = wss.d_week_seq AND ss_store_sk = s_store_sk AND d_year = 2001) y,
   (SELECT s_store_id AS s_store_id2, wss.d_week_seq AS d_week_seq2, sun_sales AS sun_sales2, mon_sales AS mon_sales2,
       fri_sales AS fri_sales2
     FROM wss, store, date_dim d
     WHERE d.d_week_seq = wss.d_week_seq AND ss_store_sk = s_store_sk AND d_year = 2002) x
   WHERE s_store_id1 = s_store_id2 AND d_week_seq1 = d_week_seq2 - 52
   ORDER BY s_store_name1, s_store_id1, d_week_seq1 LIMIT 100`,
  `WITH ssr AS (
     SELECT s_store_id AS id, sum(sales_price) AS sales, sum(return_amt) AS returns, sum(profit) AS profit
     FROM (SELECT ss_store_sk AS store_sk, ss_sold_date_sk AS date_sk, ss_ext_sales_price AS sales_price,
         ss_net_profit AS profit, CAST(0 AS double) AS return_amt FROM store_sales
       UNION ALL
       SELECT sr_store_sk, sr_returned_date_sk, CAST(0 AS double), -sr_net_loss, sr_return_amt FROM store_returns) salesreturns,
       date_dim, store
     WHERE date_sk = d_date_sk AND d_date BETWEEN DATE '2000-08-23' AND DATE '2000-09-06' AND store_sk = s_store_sk
     GROUP BY s_store_id),
   wsr AS (
     SELECT i_item_id AS id, sum(ws_ext_sales_price) AS sales, CAST(0 AS double) AS returns, sum(ws_net_profit) AS profit
     FROM web_sales JOIN item ON ws_item_sk = i_item_sk JOIN date_dim ON ws_sold_date_sk = d_date_sk
     WHERE d_year = 2000 GROUP BY i_item_id)
   SELECT channel, id, sum(sales) AS sales, sum(returns) AS returns, sum(profit) AS profit
   FROM (SELECT 'store channel' AS channel, 'store' || id AS id, sales, returns, profit FROM ssr
     UNION ALL SELECT 'web channel', 'web' || id, sales, returns, profit FROM wsr) x
   GROUP BY ROLLUP (channel, id) ORDER BY channel, id LIMIT 100`,
  `SELECT * FROM (
     SELECT i_category, i_class, sum(ss_net_profit) AS total_sum, grouping(i_category, i_class) AS lochierarchy,
       rank() OVER (PARTITION BY grouping(i_category, i_class), CASE WHEN grouping(i_class) = 0 THEN i_category END
         ORDER BY sum(ss_net_profit) DESC) AS rank_within_parent
     FROM store_sales, date_dim d1, item, store
     WHERE d1.d_date_sk = ss_sold_date_sk AND i_item_sk = ss_item_sk AND s_store_sk = ss_store_sk AND d1.d_year = 2001
       AND s_state IN (SELECT state FROM (SELECT s_state AS state, rank() OVER (PARTITION BY s_state
           ORDER BY sum(ss_net_profit) DESC) AS ranking
         FROM store_sales, store, date_dim WHERE d_date_sk = ss_sold_date_sk AND s_store_sk = ss_store_sk
         GROUP BY s_state) AS tmp WHERE ranking <= 5)
     GROUP BY ROLLUP (i_category, i_class)) ranked
   ORDER BY lochierarchy DESC, CASE WHEN lochierarchy = 0 THEN i_category END, rank_within_parent LIMIT 100`,
  `SELECT ca_state, count(DISTINCT c_customer_sk) AS customers, sum(CASE WHEN p_channel_email = 'N' THEN ss_ext_sales_price
       ELSE 0 END) AS quiet, avg(ss_quantity) AS agg1, avg(ss_list_price) AS agg2, avg(ss_coupon_amt) AS agg3
   FROM store_sales JOIN customer ON ss_customer_sk = c_customer_sk
     JOIN customer_address ON c_current_addr_sk = ca_address_sk LEFT JOIN promotion ON ss_promo_sk = p_promo_sk
   WHERE EXISTS (SELECT * FROM web_sales, date_dim WHERE ws_bill_customer_sk = c_customer_sk
       AND ws_sold_date_sk = d_date_sk AND d_year = 2002 AND d_qoy < 4)
     AND ss_item_sk NOT IN (SELECT i_item_sk FROM item WHERE i_current_price > (SELECT 1.2E0 * avg(j.i_current_price)
       FROM item j WHERE j.i_category = 'Books'))
   GROUP BY ca_state HAVING count(*) >= 10 ORDER BY customers DESC, ca_state LIMIT 100`,
]
