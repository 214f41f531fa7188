/** Real queries made wrong: tokens dropped, doubled, swapped and brought from other queries; hostile names; broken text. */
import type { Random } from '../conformance/values.ts'

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\s+|[^\w\s]/g
/** Names and texts that must lead nowhere, and what parsers trip over. */
const HOSTILE = [
  "read_csv('/etc/passwd')",
  "read_parquet('/etc/passwd')",
  'duckdb_tables()',
  "'/etc/passwd'",
  '"/etc/passwd"',
  'pragma_version()',
  'information_schema.tables',
  'sqlite_master',
  'pg_catalog.pg_class',
  'main.scan_t',
  'scan_t()',
  'scan_orders()',
  "getenv('HOME')",
  "glob('*')",
  'js_like(1)',
  "query('SELECT 1')",
  'COPY',
  'ATTACH',
  'INSTALL',
  '__internal_compress',
  '$path',
  '"$path"',
  'c1',
  'q1',
  'system.runtime.queries',
  'TABLE(x())',
  '(',
  ')',
  '((((((((',
  '))))',
  ',',
  ',,',
  "'",
  '"',
  '`',
  '--',
  '/*',
  '*/',
  ';',
  '?',
  '->',
  '::',
  '<>',
  '!=',
  '||',
  '\\',
  '\u0000',
  '\ud800',
  '日',
  '\u202e',
  'x'.repeat(300),
  '0',
  '-1',
  '9223372036854775808',
  '1e400',
  '.5',
  '0x1F',
  "X'0'",
  "U&'\\+FFFFFF'",
  "DATE '2024-13-99'",
  "TIMESTAMP '0000-00-00'",
  "INTERVAL '1' DAY",
  'DECIMAL',
  'NULL',
  'nan()',
  'CAST(NULL AS row(a bigint, b varchar))',
  'ARRAY[]',
  'MAP()',
  'ROW()',
  '*',
  'DISTINCT',
  'OVER ()',
  'WITHIN GROUP',
  'FILTER (WHERE',
  'GROUPING SETS ((), ())',
  'LATERAL',
  'UNNEST(',
  'WITH ORDINALITY',
  'RECURSIVE',
  'MATCH_RECOGNIZE',
  'FETCH FIRST 1 ROW WITH TIES',
  'OFFSET 1',
  'LIMIT ALL',
  'TABLESAMPLE BERNOULLI (1)',
  'AT TIME ZONE',
  'ESCAPE',
  'EXISTS (SELECT 1)',
  '(SELECT 1, 2)',
  'IN (',
  'BETWEEN',
  'x -> x',
  'try(',
  'CASE',
  'END',
  'SELECT',
  'UNION ALL SELECT 1',
]

export function mutate(sql: string, corpus: readonly string[], random: Random): string {
  let tokens: readonly string[] = sql.match(TOKEN) ?? []
  for (let changes = 1 + random.below(3); changes > 0; changes--)
    tokens = random.chance(0.7) ? exchanged(tokens, corpus, random) : changed(tokens, corpus, random)
  const text = tokens.join('')
  return random.chance(0.05) ? broken(text, random) : text
}

const KINDS = [/^'/, /^\d/, /^[A-Z_]+$/, /^["\w]/, /^[=<>+*/%-]$/]
const kindOf = (token: string): number => KINDS.findIndex((kind) => kind.test(token))

/** A token gives way to one of its kind, which mostly leaves the query readable and its meaning odd. */
function exchanged(tokens: readonly string[], corpus: readonly string[], random: Random): string[] {
  const places = tokens.flatMap((token, at) => (kindOf(token) >= 0 && kindOf(token) !== 2 ? [at] : []))
  if (places.length === 0) return [...tokens]
  const at = random.pick(places)
  const kind = kindOf(tokens[at]!)
  // One of the query itself is likely to be known where it comes to stand.
  const source = random.chance(0.6) ? tokens : (random.pick(corpus).match(TOKEN) ?? [])
  const kin = source.filter((token) => kindOf(token) === kind)
  return kin.length === 0 ? [...tokens] : tokens.with(at, random.pick(kin))
}

function changed(tokens: readonly string[], corpus: readonly string[], random: Random): string[] {
  const at = random.below(tokens.length + 1)
  const other = random.pick(corpus).match(TOKEN) ?? []
  const from = random.below(other.length + 1)
  const [before, after] = [tokens.slice(0, at), tokens.slice(at)]
  switch (random.below(10)) {
    case 0:
      return [...before, ...after.slice(1 + random.below(3))]
    case 1:
      return [...before, ...after.slice(0, 1 + random.below(6)), ...after]
    case 2:
      return [...before, random.pick(HOSTILE), ...after.slice(random.below(2))]
    case 3:
      return [...before, ' ', random.pick(HOSTILE), ' ', ...after]
    case 4:
      return [...before, ...other.slice(from, from + 1 + random.below(12)), ...after]
    case 5:
      return [...before, ...other.slice(from, from + 1), ...after.slice(1)]
    case 6:
      return [...before, ...other.slice(from)]
    case 7: {
      const far = random.below(after.length + 1)
      return [
        ...before,
        ...after.slice(far, far + 1),
        ...after.slice(1, far),
        ...after.slice(0, 1),
        ...after.slice(far + 1),
      ]
    }
    case 8:
      return [...before, '(', ...after.slice(0, 1 + random.below(10)), ')', ...after.slice(1 + random.below(10))]
    default:
      return ['SELECT * FROM (', ...tokens, ') ', random.pick(['x', 'a(b)', 'CROSS JOIN t', 'WHERE 1 = 1', ''])]
  }
}

function broken(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  return random.chance(0.5)
    ? text.slice(0, at)
    : text.slice(0, at) + String.fromCharCode(random.below(65536)) + text.slice(at + 1)
}
