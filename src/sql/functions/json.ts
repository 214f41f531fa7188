import { type FunctionDefinition, scalar } from './definition.ts'

const TEXT_OR_JSON = ['varchar(x)', 'json']
const PASSED = 'varchar, array(varchar)'

/**
 * The four SQL/JSON functions take their clauses as constant arguments, all varchar, after the input:
 *
 *   json_exists(input, path, onError, names, values)               onError: TRUE | FALSE | UNKNOWN | ERROR
 *   json_value(input, path, onEmpty, onError, names, values, emptyDefault, errorDefault)
 *                                                                  NULL | ERROR | DEFAULT; defaults not given are NULL
 *   json_query(input, path, wrapper, quotes, onEmpty, onError, names, values)
 *                                                                  WITHOUT | CONDITIONAL | UNCONDITIONAL; KEEP | OMIT;
 *                                                                  NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT
 *   json_object(nulls, keys, key, value, ...)                      NULL | ABSENT; UNIQUE | ANY
 *   json_array(nulls, item, ...)                                   NULL | ABSENT
 *
 * `path` keeps its mode (`lax $.a`). What is passed to it comes as `names`, JSON pairs of a name and a kind, and `values`,
 * an array of texts. json_value's result type is that of RETURNING.
 */
export const jsonFunctions: readonly FunctionDefinition[] = [
  scalar('is_json_scalar', 'Whether the text is a JSON scalar', ['(varchar(x)) -> boolean', '(json) -> boolean']),
  scalar('json_array', 'SQL/JSON array constructor', ['(varchar, any...) -> varchar']),
  scalar(
    'json_array_contains',
    'Whether a JSON array has the value',
    TEXT_OR_JSON.flatMap((type) =>
      ['boolean', 'bigint', 'double', 'varchar(x)'].map((value) => `(${type}, ${value}) -> boolean`),
    ),
  ),
  scalar(
    'json_array_get',
    'Element of a JSON array, from 0 or from the end',
    TEXT_OR_JSON.map((type) => `(${type}, bigint) -> json`),
  ),
  scalar(
    'json_array_length',
    'Length of a JSON array',
    TEXT_OR_JSON.map((type) => `(${type}) -> bigint`),
  ),
  scalar('json_exists', 'SQL/JSON existence', [`(varchar, varchar, varchar, ${PASSED}) -> boolean`]),
  scalar('json_extract', 'JSON at a path', ['(varchar(x), JsonPath) -> json', '(json, JsonPath) -> json']),
  scalar('json_extract_scalar', 'Scalar at a path, as text', [
    '(varchar(x), JsonPath) -> varchar(x)',
    '(json, JsonPath) -> varchar',
  ]),
  scalar('json_format', 'JSON as text', ['(json) -> varchar']),
  scalar('json_object', 'SQL/JSON object constructor', ['(varchar, varchar, any...) -> varchar']),
  scalar('json_parse', 'JSON from text', ['(varchar(x)) -> json']),
  scalar('json_query', 'SQL/JSON query', [
    `(varchar, varchar, varchar, varchar, varchar, varchar, ${PASSED}) -> varchar`,
  ]),
  scalar('json_size', 'Number of members at a path', [
    '(varchar(x), JsonPath) -> bigint',
    '(json, JsonPath) -> bigint',
  ]),
  scalar('json_value', 'SQL/JSON value', [`(varchar, varchar, varchar, varchar, ${PASSED}, any, any) -> varchar`]),
]
