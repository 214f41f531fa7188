/** The two zeros of floating numbers are one value, whichever of them a file or a condition has. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

for (const type of ['double', 'real'])
  for (const zero of ['0', '-0.0'])
    test(`a file of ${type} that holds ${zero}`, async () => {
      const name = `of_${type}_${zero.length}`
      // Values that repeat are kept in a dictionary, which gets a Bloom filter.
      await a.succeed(`CREATE TABLE ${name} WITH (external_location = 's3://data/${name}/') AS
        SELECT IF(i % 2 = 0, ${type} '${zero}', ${type} '1') AS x FROM UNNEST(sequence(1, 10)) AS t (i)`)
      const count = async (condition: string) =>
        (await a.rows(`SELECT count(*) FROM ${name} WHERE ${condition}`)).flat().map(Number)[0]
      for (const other of ['0', '-0.0'].map((text) => `${type} '${text}'`)) {
        for (const condition of [`x = ${other}`, `${other} = x`, `x IN (${other})`, `NOT x <> ${other}`])
          assert.equal(await count(condition), 5, condition)
        assert.equal(await count(`x IN (${other}, ${type} '7')`), 5)
        assert.equal(await count(`x <> ${other}`), 5)
        assert.equal(await count(`x = ${other} OR x = ${type} '1'`), 10)
      }
      assert.equal(await count('x = 0'), 5)
      // The one value of the other side is looked for in the file: in the plan it is a column of a table.
      for (const other of ['0', '-0.0']) {
        const one = `${name}_one_${other.length}`
        await a.succeed(`CREATE TABLE ${one} WITH (external_location = 's3://data/${one}/') AS
          SELECT ${type} '${other}' AS y FROM UNNEST(sequence(1, 2)) AS t (i)`)
        const joined = async (sql: string) => (await a.rows(`SELECT count(*) FROM ${sql}`)).flat().map(Number)[0]
        assert.equal(await joined(`${name} JOIN ${one} ON x = y`), 10)
        assert.equal(await joined(`${name} JOIN ${one} ON x IN (y)`), 10)
        assert.equal(await joined(`${name} t LEFT JOIN ${one} u ON t.x = u.y WHERE u.y IS NOT NULL`), 10)
        assert.equal(await joined(`${name} JOIN (SELECT y AS x FROM ${one}) USING (x)`), 10)
        assert.equal(await joined(`${name} WHERE x IN (SELECT y FROM ${one})`), 5)
        assert.equal(await joined(`${name} WHERE x = ANY (SELECT y FROM ${one})`), 5)
        assert.equal(await joined(`${name} WHERE x NOT IN (SELECT y FROM ${one})`), 5)
        assert.equal(await joined(`${name} WHERE x = (SELECT max(y) FROM ${one})`), 5)
        assert.equal(await joined(`${name} WHERE EXISTS (SELECT 1 FROM ${one} WHERE y = x)`), 5)
      }
    })
