/** A source that tests of both sides read: a row of every type, and orders of some years. */
import type { Query, SourceDefinition, Spill } from './definition.ts'

export const KINDS = {
  ok: 'boolean',
  tiny: 'tinyint',
  small: 'smallint',
  whole: 'int',
  big: 'bigint',
  ratio: 'float',
  score: 'double',
  name: 'string',
  raw: 'binary',
  price: 'decimal(10,2)',
  wide: 'decimal(38,4)',
  day: 'date',
  moment: 'timestamp',
  instant: 'timestamp with time zone',
  tags: 'array<string>',
  attrs: 'map<string,int>',
  place: 'struct<city:string,zip:int>',
}
const ROW = {
  ok: true,
  tiny: -128,
  small: 32_767,
  whole: -1,
  big: 2n ** 63n - 1n,
  ratio: 0.5,
  score: 1e300,
  name: 'Zürich',
  raw: Uint8Array.of(0, 255),
  price: '-12.50',
  wide: '1234567890123456789012345678901234.5678',
  day: '1969-12-31',
  moment: new Date('2024-02-29T23:59:59.123Z'),
  instant: '2024-02-29T12:00:00-05:00',
  tags: ['a', null],
  attrs: { k: 1 },
  place: { city: null, zip: 53_111 },
}

export const nameOf = (id: number): string => `order ${id}`.padEnd(300, '.')

/** So many orders in each year. */
export function shop(orders: number, spill: Spill, asked: (query: Query, part: unknown) => void): SourceDefinition {
  return {
    sourceType: 'shop',
    schemas: () => ['shop', 'empty'],
    tables: (schema) => (schema === 'shop' ? ['kinds', 'orders', 'wrong'] : []),
    table(_schema, table) {
      if (table === 'kinds') return { columns: KINDS, comments: { big: 'As large as they come' } }
      if (table === 'wrong') return { columns: { n: 'int' } }
      if (table !== 'orders') return undefined
      return { columns: { id: 'bigint', name: 'string', year: 'int' }, partitionedBy: ['year'] }
    },
    partitions: () => [2020, 2021, 2022, 2023].map((year) => ({ year })),
    async *rows(query, part) {
      asked(query, part)
      if (query.own) {
        for (const [i, word] of query.own.QUERY!.split(' ').entries()) if (i > 0) yield { place: i, word }
        return
      }
      if (query.table === 'kinds') yield* [ROW, { name: 'none' }]
      else if (query.table === 'wrong') yield { n: 'many' }
      else for (let id = 0; id < orders; id++) yield { id, name: nameOf(id) }
    },
    // Its language has one sentence.
    ownQueries: {
      answer({ QUERY = '' }) {
        if (!QUERY.startsWith('words ')) throw new RangeError(`${QUERY} is no query`)
        return { columns: { place: 'int', word: 'string' } }
      },
    },
    functions: {
      twice: (n) => (n === null ? null : Number(n) * 2),
      refuse: () => {
        throw new RangeError('I will not')
      },
    },
    spill,
  }
}
