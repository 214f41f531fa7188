/** DuckDB's functions that the printer writes: the gate's allow-list. None reads a file, a setting or another's data. */
const OPERATORS = '+ - * / // % & | << >> ~ || ~~ !~~ like_escape not_like_escape'
const NUMBERS =
  'abs acos asin atan atan2 ceil cos cosh degrees exp floor isfinite isinf isnan ln log10 log2 pi pow radians random round sign sin sinh sqrt tan tanh trunc xor greatest least'
const TEXTS =
  'array_to_string chr concat contains decode encode ends_with from_base64 hex left length lower lpad ltrim nfc_normalize octet_length regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace replace reverse right rpad rtrim starts_with string_split strlen strpos substr substring to_base64 trim unhex unicode upper md5 sha1 sha256 uuid format'
const DATES =
  'date_sub datediff date_trunc day dayofyear epoch_us hour isodow isoyear last_day make_timestamp make_timestamptz millisecond minute month quarter second strftime timezone to_days to_hours to_microseconds to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years weekofyear year'
const LISTS =
  'array_extract array_slice cardinality flatten generate_series len list_avg list_concat list_contains list_distinct list_extract list_filter list_has_any list_max list_min list_position list_reduce list_reverse list_reverse_sort list_select list_slice list_sort list_sum list_transform list_value list_zip map map_concat map_contains map_entries map_extract_value map_from_entries map_keys map_values range row struct_extract struct_pack union_extract union_value unnest'
const JSON_FUNCTIONS = 'json_array_length json_extract json_extract_string json_keys json_type json_valid to_json'
const AGGREGATES =
  'any_value approx_quantile arg_max arg_max_null arg_min arg_min_null avg bit_and bit_or bit_xor bool_and bool_or corr count count_star covar_pop covar_samp grouping histogram list max min regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev_pop stddev_samp string_agg sum var_pop var_samp'
const WINDOWS = 'cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number'

export const ENGINE_FUNCTIONS: readonly string[] = [
  OPERATORS,
  NUMBERS,
  TEXTS,
  DATES,
  LISTS,
  JSON_FUNCTIONS,
  AGGREGATES,
  WINDOWS,
].flatMap((names) => names.split(' '))
