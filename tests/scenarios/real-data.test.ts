/**
 * Data that nobody here made (npm package vega-datasets), uploaded, defined, joined and aggregated through the public
 * APIs. What is expected is computed in plain JavaScript from the same files; DuckDB only hands over the rows of the
 * Parquet file, one by one, for JavaScript has no reader of its own.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { DuckDBInstance, type DuckDBTimestampValue } from '@duckdb/node-api'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'

const dataset = (name: string): URL => new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url)

/** Columns of numbers, for three million objects would take minutes; places are numbers into `places`. */
interface Flights {
  readonly rows: number
  readonly time: Float64Array
  readonly delay: Int32Array
  readonly distance: Int32Array
  readonly origin: Uint16Array
  readonly destination: Uint16Array
  readonly places: readonly string[]
}

async function readFlights(): Promise<Flights> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const result = await connection.stream(`FROM '${dataset('flights-3m.parquet').pathname}'`)
  const size = 3_000_000
  const ids = new Map<string, number>()
  const idOf = (place: string): number => {
    const id = ids.get(place) ?? ids.size
    if (id === ids.size) ids.set(place, id)
    return id
  }
  const columns = {
    time: new Float64Array(size),
    delay: new Int32Array(size),
    distance: new Int32Array(size),
    origin: new Uint16Array(size),
    destination: new Uint16Array(size),
  }
  let rows = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const [dates, delays, distances, origins, destinations] = chunk.getColumns()
    for (let i = 0; i < chunk.rowCount; i++, rows++) {
      columns.time[rows] = Number((dates![i] as DuckDBTimestampValue).micros / 1000n)
      columns.delay[rows] = Number(delays![i])
      columns.distance[rows] = Number(distances![i])
      columns.origin[rows] = idOf(String(origins![i]))
      columns.destination[rows] = idOf(String(destinations![i]))
    }
  }
  connection.closeSync()
  instance.closeSync()
  return { rows, ...columns, places: [...ids.keys()] }
}

interface Tally {
  flights: number
  delay: number
  distance: number
  farthest: number
  late: number
}

/** What the flights of each key come to; those without a key are left out. */
function tally<K>(flights: Flights, key: (row: number) => K | undefined): [K, Tally][] {
  const found = new Map<K, Tally>()
  for (let row = 0; row < flights.rows; row++) {
    const k = key(row)
    if (k === undefined) continue
    const sums = found.get(k) ?? { flights: 0, delay: 0, distance: 0, farthest: 0, late: 0 }
    if (sums.flights === 0) found.set(k, sums)
    sums.flights++
    sums.delay += flights.delay[row]!
    sums.distance += flights.distance[row]!
    sums.farthest = Math.max(sums.farthest, flights.distance[row]!)
    if (flights.delay[row]! > 15) sums.late++
  }
  return [...found]
}

/** RFC 4180, for files whose quoted values hold no line feeds. */
function readCsv(name: string): Record<string, string>[] {
  const parse = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
    )
  const [header, ...lines] = readFileSync(dataset(name), 'utf8').replace(/\r/g, '').trimEnd().split('\n')
  const names = parse(header!)
  return lines.map((line) => Object.fromEntries(parse(line).map((value, i) => [names[i]!, value])))
}

const groups = <T, K>(items: readonly T[], key: (item: T) => K): [K, T[]][] => [...Map.groupBy(items, key)]
const count = (n: number): string => String(n)
/** A double as Trino writes it, where that is no exponent: within 0.001 and ten million. */
const double = (n: number): string => (Number.isInteger(n) ? n.toFixed(1) : String(n))

let a: AthenaLake
let flights: Flights
const from = (row: number): string => flights.places[flights.origin[row]!]!
const to = (row: number): string => flights.places[flights.destination[row]!]!
const isJune = (row: number): boolean => new Date(flights.time[row]!).getUTCMonth() === 5
const airports = readCsv('airports.csv')
before(async () => {
  a = await athenaLake()
  flights = await readFlights()
  for (const name of ['flights-3m.parquet', 'airports.csv', 'birdstrikes.csv'])
    await a.put(`${name.split('.')[0]}/${name}`, readFileSync(dataset(name)))
  await a.succeed(`CREATE EXTERNAL TABLE flights (\`date\` timestamp, delay bigint, distance bigint, origin string, destination string)
    STORED AS PARQUET LOCATION 's3://data/flights-3m/'`)
  await a.succeed(`CREATE EXTERNAL TABLE airports (iata string, name string, city string, state string, country string, latitude double, longitude double)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/airports/' TBLPROPERTIES ('skip.header.line.count'='1')`)
})
after(() => a.close())

test('three million flights as a whole', async () => {
  const [[, all]] = tally(flights, () => 'all') as [[string, Tally]]
  const text = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '')
  assert.deepEqual(
    await a.rows(
      `SELECT count(*), count(DISTINCT origin), min("date"), max("date"), sum(delay), max(distance), avg(distance) FROM flights`,
    ),
    [
      [
        count(flights.rows),
        count(new Set(flights.origin).size),
        text(flights.time.reduce((x, y) => Math.min(x, y))),
        text(flights.time.reduce((x, y) => Math.max(x, y))),
        count(all.delay),
        count(all.farthest),
        double(all.distance / flights.rows),
      ],
    ],
  )
})

test('a Parquet file and a CSV file joined: flights by the state they leave from', async () => {
  const state = new Map(airports.map((airport) => [airport.iata!, airport.state!]))
  const expected = tally(flights, (row) => state.get(from(row)))
    .filter(([, sums]) => sums.flights > 5000)
    .sort(([, x], [, y]) => y.flights - x.flights)
  assert.ok(expected.length > 20)
  assert.deepEqual(
    await a.rows(`SELECT a.state, count(*) AS flights, avg(f.delay), max(f.distance)
      FROM flights f JOIN airports a ON f.origin = a.iata
      GROUP BY a.state HAVING count(*) > 5000 ORDER BY flights DESC`),
    expected.map(([name, sums]) => [
      name,
      count(sums.flights),
      double(sums.delay / sums.flights),
      count(sums.farthest),
    ]),
  )
})

test('the hours of the day and their delays', async () => {
  const expected = tally(flights, (row) => new Date(flights.time[row]!).getUTCHours())
    .sort(([x], [y]) => x - y)
    .map(([hour, sums]) => [count(hour), count(sums.flights), count(sums.late)])
  assert.deepEqual(
    await a.rows('SELECT hour("date") AS h, count(*), count_if(delay > 15) FROM flights GROUP BY 1 ORDER BY 1'),
    expected,
  )
})

test('the three most frequent destinations of the five largest airports', async () => {
  const largest = tally(flights, from)
    .sort(([, x], [, y]) => y.flights - x.flights)
    .slice(0, 5)
  const expected = largest.flatMap(([origin]) =>
    tally(flights, (row) => (from(row) === origin ? to(row) : undefined))
      .sort(([d, x], [e, y]) => y.flights - x.flights || (d < e ? -1 : 1))
      .slice(0, 3)
      .map(([destination, sums], i) => [origin, count(i + 1), destination, count(sums.flights)]),
  )
  assert.deepEqual(
    await a.rows(`WITH largest AS (SELECT origin, count(*) AS n FROM flights GROUP BY origin ORDER BY n DESC LIMIT 5),
      routes AS (SELECT origin, destination, count(*) AS n FROM flights GROUP BY 1, 2),
      ranked AS (SELECT r.origin, row_number() OVER (PARTITION BY r.origin ORDER BY r.n DESC, r.destination) AS place,
        r.destination, r.n, l.n AS total FROM routes r JOIN largest l ON l.origin = r.origin)
      SELECT origin, place, destination, n FROM ranked WHERE place <= 3 ORDER BY total DESC, place`),
    expected,
  )
})

test('airports that nobody flies from, and flights from none that is known', async () => {
  const used = new Set(tally(flights, from).map(([origin]) => origin))
  const known = new Set(airports.map((airport) => airport.iata))
  assert.deepEqual(
    await a.rows(
      'SELECT count(*) FROM airports a LEFT JOIN (SELECT DISTINCT origin FROM flights) f ON f.origin = a.iata WHERE f.origin IS NULL',
    ),
    [[count(airports.filter((airport) => !used.has(airport.iata!)).length)]],
  )
  assert.deepEqual(await a.rows('SELECT count(*) FROM (SELECT origin FROM flights EXCEPT SELECT iata FROM airports)'), [
    [count([...used].filter((origin) => !known.has(origin)).length)],
  ])
})

test('flights written anew by month: the same answer from fewer bytes', async () => {
  await a.succeed(`CREATE TABLE by_month WITH (format = 'PARQUET', partitioned_by = ARRAY['month']) AS
    SELECT "date", delay, distance, origin, destination, month("date") AS month FROM flights`)
  const sql = (table: string, condition: string) =>
    `SELECT origin, sum(distance) AS d FROM ${table} WHERE ${condition} GROUP BY origin ORDER BY d DESC, origin LIMIT 5`
  const expected = tally(flights, (row) => (isJune(row) ? from(row) : undefined))
    .sort(([o, x], [p, y]) => y.distance - x.distance || (o < p ? -1 : 1))
    .slice(0, 5)
    .map(([origin, sums]) => [origin, count(sums.distance)])
  assert.deepEqual(await a.rows(sql('by_month', 'month = 6')), expected)
  assert.deepEqual(await a.rows(sql('flights', 'month("date") = 6')), expected)
  const bytes = async (text: string) => (await a.succeed(text)).Statistics!.DataScannedInBytes!
  assert.ok((await bytes(sql('by_month', 'month = 6'))) < (await bytes(sql('flights', 'month("date") = 6'))))
})

test('bird strikes, by delimiter alone and by quotes', async () => {
  const names = [
    'airport',
    'aircraft',
    'damage',
    'day',
    'operator',
    'state',
    'phase',
    'size',
    'species',
    'time_of_day',
    'other',
    'repair',
    'total',
    'speed',
  ]
  const columns = names.map(
    (name) => `${name} ${name === 'total' || name === 'speed' ? 'int' : name === 'day' ? 'date' : 'string'}`,
  )
  await a.succeed(`CREATE EXTERNAL TABLE strikes (${columns.join(', ')}) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
    LOCATION 's3://data/birdstrikes/' TBLPROPERTIES ('skip.header.line.count'='1')`)
  const rows = readCsv('birdstrikes.csv')
  const expected = groups(rows, (row) => row['Origin State']!)
    .map(([state, those]) => ({
      state,
      strikes: those.length,
      cost: those.reduce((total, row) => total + Number(row['Cost Total $']), 0),
      fastest: those
        .map((row) => row['Speed IAS in knots']!)
        .filter((speed) => speed !== '')
        .reduce((most, speed) => Math.max(most, Number(speed)), -1),
      first: those.map((row) => row['Flight Date']!).sort()[0]!,
    }))
    .sort((x, y) => y.cost - x.cost || (x.state < y.state ? -1 : 1))
    .slice(0, 15)
    .map((row) => [
      row.state,
      count(row.strikes),
      count(row.cost),
      row.fastest < 0 ? null : count(row.fastest),
      row.first,
    ])
  assert.deepEqual(
    await a.rows(
      'SELECT state, count(*), sum(total) AS cost, max(speed), min(day) FROM strikes GROUP BY state ORDER BY cost DESC, state LIMIT 15',
    ),
    expected,
  )
  await a.succeed(`CREATE EXTERNAL TABLE quoted_strikes (${names.map((name) => `${name} string`).join(', ')})
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/birdstrikes/' TBLPROPERTIES ('skip.header.line.count'='1')`)
  assert.deepEqual(
    await a.rows(
      "SELECT size, count(*), count(DISTINCT species) FROM quoted_strikes WHERE phase = 'Approach' GROUP BY size ORDER BY size",
    ),
    groups(
      rows.filter((row) => row['Phase of flight'] === 'Approach'),
      (row) => row['Wildlife Size']!,
    )
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([size, those]) => [
        size,
        count(those.length),
        count(new Set(those.map((row) => row['Wildlife Species'])).size),
      ]),
  )
})

interface Quake {
  readonly id: string
  readonly properties: {
    readonly mag: number | null
    readonly place: string
    readonly time: number
    readonly felt: number | null
    readonly type: string
  }
  readonly geometry: { readonly coordinates: readonly number[] }
}

test('earthquakes: nested JSON, read as Hive reads it', async () => {
  const quakes: Quake[] = JSON.parse(readFileSync(dataset('earthquakes.json'), 'utf8')).features
  await a.put('quakes/lines.json', quakes.map((quake) => JSON.stringify(quake)).join('\n'))
  await a.succeed(`CREATE EXTERNAL TABLE quakes (id string,
      properties struct<mag:double,place:string,\`time\`:bigint,felt:int,\`type\`:string>, geometry struct<coordinates:array<double>>)
    ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' LOCATION 's3://data/quakes/'`)
  const measured = quakes.filter((quake) => quake.properties.mag !== null)
  const expected = groups(measured, (quake) => Math.floor(quake.properties.mag!))
    .sort(([x], [y]) => x - y)
    .map(([mag, those]) => [
      double(mag),
      count(those.length),
      double(
        those.reduce((deepest, quake) => Math.max(deepest, quake.geometry.coordinates[2]!), Number.NEGATIVE_INFINITY),
      ),
      those.some((quake) => quake.properties.felt !== null)
        ? count(those.reduce((total, quake) => total + (quake.properties.felt ?? 0), 0))
        : null,
    ])
  assert.deepEqual(
    await a.rows(`SELECT floor(properties.mag) AS m, count(*), max(geometry.coordinates[3]), sum(properties.felt)
      FROM quakes WHERE properties.mag IS NOT NULL GROUP BY 1 ORDER BY 1`),
    expected,
  )
  const region = (place: string) => / of (.+)$/.exec(place)?.[1]
  const regions = groups(
    quakes.filter((quake) => region(quake.properties.place)),
    (quake) => region(quake.properties.place)!,
  )
    .sort(([x, these], [y, those]) => those.length - these.length || (x < y ? -1 : 1))
    .slice(0, 10)
  assert.deepEqual(
    await a.rows(`SELECT regexp_extract(properties.place, ' of (.+)$', 1) AS region, count(*) AS n FROM quakes
      WHERE regexp_like(properties.place, ' of .+$') GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10`),
    regions.map(([name, those]) => [name, count(those.length)]),
  )
  const days = groups(quakes, (quake) => new Date(quake.properties.time).toISOString().slice(0, 10)).sort(([x], [y]) =>
    x < y ? -1 : 1,
  )
  assert.deepEqual(
    await a.rows(
      'SELECT date(from_unixtime(properties.time / 1e3)) AS day, count(*) FROM quakes GROUP BY 1 ORDER BY 1',
    ),
    days.map(([day, those]) => [day, count(those.length)]),
  )
})

test('movies: keys with blanks in them, mapped to columns', async () => {
  const movies: Record<string, string | number | null>[] = JSON.parse(readFileSync(dataset('movies.json'), 'utf8'))
  await a.put('movies/lines.json', movies.map((movie) => JSON.stringify(movie)).join('\n'))
  await a.succeed(`CREATE EXTERNAL TABLE movies (title string, us_gross bigint, release_date string, genre string, rating double, votes int)
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    WITH SERDEPROPERTIES ('mapping.us_gross'='us gross', 'mapping.release_date'='release date', 'mapping.genre'='major genre',
      'mapping.rating'='imdb rating', 'mapping.votes'='imdb votes') LOCATION 's3://data/movies/'`)
  const number = (value: string | number | null | undefined): number | null =>
    typeof value === 'number' ? value : null
  const expected = groups(movies, (movie) => movie['Major Genre'] as string | null)
    .sort(([x], [y]) => (x === null ? 1 : y === null ? -1 : x < y ? -1 : 1))
    .map(([genre, those]) => {
      const gross = those.map((movie) => number(movie['US Gross'])).filter((n) => n !== null)
      const ratings = those.map((movie) => number(movie['IMDB Rating'])).filter((n) => n !== null)
      return [
        genre,
        count(those.length),
        gross.length ? count(gross.reduce((x, y) => x + y)) : null,
        ratings.length ? double(Math.max(...ratings)) : null,
        count(new Set(those.map((movie) => movie.Title).filter((title) => title !== null)).size),
      ]
    })
  assert.deepEqual(
    await a.rows(
      'SELECT genre, count(*), sum(us_gross), max(rating), count(DISTINCT title) FROM movies GROUP BY genre ORDER BY genre NULLS LAST',
    ),
    expected,
  )
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const released = movies.flatMap((movie) => {
    const [, month, day, year] = /^(\w{3}) (\d\d) (\d{4})$/.exec(String(movie['Release Date'])) ?? []
    return year === undefined ? [] : [{ month: months.indexOf(month!) + 1, day: Number(day), year: Number(year) }]
  })
  assert.deepEqual(
    await a.rows(`SELECT month(d) AS m, count(*), max(year(d)) FROM (SELECT date_parse(release_date, '%b %d %Y') AS d FROM movies
      WHERE regexp_like(release_date, '^\\w{3} \\d\\d \\d{4}$')) GROUP BY 1 ORDER BY 1`),
    groups(released, (date) => date.month)
      .sort(([x], [y]) => x - y)
      .map(([month, those]) => [count(month), count(those.length), count(Math.max(...those.map((date) => date.year)))]),
  )
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
