/** Parts of a table that are read side by side: its partitions, or ranges of its pages. */
import type { SourceScan } from '../../core/federation/connector.ts'
import { quotedName } from '../../sql/quotation.ts'
import { detailOf } from './catalog.ts'
import type { Session } from './session.ts'

export type Part = {
  /** Quoted. */
  readonly table?: string
  /** A condition on where rows lie. */
  readonly rows?: string
}

/** Fewer bytes than these are not worth a scan of their own. */
const PART_BYTES = 64 << 20
const MOST_PARTS = 64
/** Ranges of pages are read as such since PostgreSQL 14; before, each would read all of the table. */
const READS_RANGES = 140_000

/** `statement`: what is asked of the whole table. One part where little is wanted, or where nothing else can be done. */
export async function partsOf(session: Session, scan: SourceScan, statement: string): Promise<readonly Part[]> {
  const { oid, kind } = detailOf(scan.table)
  if (scan.limit !== undefined) return [{}]
  if (kind === 'p') return (await partitions(session, oid)) ?? [{}]
  if (kind !== 'r' && kind !== 'm') return [{}]
  return pageRanges(session, oid, statement)
}

/** Undefined where this user may not read one of them but by the table. */
async function partitions(session: Session, oid: string): Promise<readonly Part[] | undefined> {
  const rows = await session.rows(
    `SELECT nspname, relname, has_table_privilege(c.oid, 'SELECT') FROM pg_partition_tree(${oid}) p
     JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE isleaf`,
  )
  if (rows.some(([, , readable]) => readable !== 't')) return undefined
  return rows.map(([schema, name]) => ({ table: `${quotedName(schema!)}.${quotedName(name!)}` }))
}

/** Only where PostgreSQL itself would look at every page. */
async function pageRanges(session: Session, oid: string, statement: string): Promise<readonly Part[]> {
  const [row] = await session.rows(
    `SELECT pg_relation_size(${oid}), current_setting('block_size'), current_setting('server_version_num')`,
  )
  const [sizeBytes, pageBytes, version] = row!.map(Number) as [number, number, number]
  const count = Math.min(MOST_PARTS, Math.floor(sizeBytes / PART_BYTES))
  if (count < 2 || version < READS_RANGES) return [{}]
  const [plan] = await session.rows(`EXPLAIN (FORMAT JSON) ${statement}`)
  if (!readsAll(JSON.parse(plan![0]!) as readonly { readonly Plan: PlanNode }[])) return [{}]
  const pages = Math.ceil(sizeBytes / pageBytes)
  const step = Math.ceil(pages / count)
  return Array.from({ length: count }, (_, i) => {
    const from = `ctid >= '(${i * step},0)'::tid`
    // What is written meanwhile is behind the last page that is known.
    return { rows: i === count - 1 ? from : `${from} AND ctid < '(${(i + 1) * step},0)'::tid` }
  })
}

interface PlanNode {
  readonly 'Node Type': string
  readonly Plans?: readonly PlanNode[]
}

function readsAll([explained]: readonly { readonly Plan: PlanNode }[]): boolean {
  let node = explained?.Plan
  while (node?.Plans?.[0]) node = node.Plans[0]
  return node?.['Node Type'] === 'Seq Scan'
}
