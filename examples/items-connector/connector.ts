/** A source of items in a JSON file, shaped as DynamoDB's: a table for each member, columns as its first items have them. */
import { readFile } from 'node:fs/promises'
import { connector, type SourceDefinition } from 'lentic/connector'
import { type Item, rowOf, typeOf } from './attributes.ts'

/** Items that are looked at for the columns of a table. */
const SAMPLE = 100
const SCHEMA = 'default'

const itemsOf = async (path: string): Promise<Readonly<Record<string, readonly Item[]>>> =>
  JSON.parse(await readFile(path, 'utf8'))

export const items = (path: string): SourceDefinition => ({
  sourceType: 'items',
  schemas: () => [SCHEMA],
  tables: async (schema) => (schema === SCHEMA ? Object.keys(await itemsOf(path)) : []),
  async table(_schema, table) {
    const found = (await itemsOf(path))[table]
    if (!found) return undefined
    const columns: Record<string, string> = {}
    for (const item of found.slice(0, SAMPLE))
      for (const [name, attribute] of Object.entries(item)) {
        const type = typeOf(attribute)
        if (type) columns[name] ??= type
      }
    return { columns }
  },
  async *rows({ table }) {
    for (const item of (await itemsOf(path))[table] ?? []) yield rowOf(item)
  },
  functions: {
    shout: (text) => (text === null ? null : `${String(text).toUpperCase()}!`),
  },
})

/** What Lambda calls: `ITEMS_FILE` says where the items are. */
export const handler = connector(items(process.env.ITEMS_FILE ?? 'items.json'))
