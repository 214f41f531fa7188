/** Tables of Avro files: golden ones by fastavro (tests/golden/avro.py), whose script says what is in them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const golden = (codec: string): Buffer => readFileSync(new URL(`../../golden/avro/${codec}.avro`, import.meta.url))

const COLUMNS = `id bigint, small int, name string, ok boolean, score double, ratio float, day date, at_ms timestamp,
  at_us timestamp, price decimal(10,2), wide decimal(38,4), raw binary, tags array<string>, attrs map<string,int>,
  place struct<city:string,geo:array<double>>, suit string`

for (const codec of ['null', 'deflate', 'snappy', 'zstandard'])
  test(`every type, written with the codec ${codec}`, async () => {
    await a.put(`avro-${codec}/a.avro`, golden(codec))
    await a.succeed(
      `CREATE EXTERNAL TABLE avro_${codec} (${COLUMNS}) STORED AS AVRO LOCATION 's3://data/avro-${codec}/'`,
    )
    assert.deepEqual(
      await a.rows(`SELECT id, small, name, ok, score, ratio, day, at_ms, at_us, price, wide, to_hex(raw), tags, element_at(attrs, 'k'),
        place.city, place.geo, suit FROM avro_${codec} WHERE id IN (0, 4611686018427387, -4) ORDER BY id`),
      [
        [
          '-4',
          '4',
          null,
          'true',
          '1.0',
          '2.0',
          '2024-03-04',
          '2024-01-01 04:00:00.123',
          '1969-12-31 23:59:59.999',
          '-0.25',
          '0.0001',
          '04FF',
          '[]',
          null,
          'Bonn',
          '[1.5, 2.5]',
          'HEARTS',
        ],
        [
          '0',
          null,
          'näme 0',
          'true',
          '0.0',
          '0.0',
          '2024-02-29',
          '2024-01-01 00:00:00.123',
          null,
          '-1.25',
          '0.0001',
          '00FF',
          '[]',
          null,
          'Bonn',
          '[1.5, 2.5]',
          'HEARTS',
        ],
        [
          '4611686018427387',
          '1',
          'näme 1',
          'false',
          '0.25',
          '0.5',
          '2024-03-01',
          '2024-01-01 01:00:00.123',
          '1969-12-31 23:59:59.999',
          '-1.00',
          '-1234567890123456789012345678.9012',
          '01FF',
          '[a]',
          '1',
          null,
          null,
          'SPADES',
        ],
      ],
    )
    assert.deepEqual(
      await a.rows(`SELECT count(*), sum(id), count(small), sum(cardinality(tags)) FROM avro_${codec}`),
      [['12', String(36n * 4611686018427387n - 30n), '8', '18']],
    )
  })
