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
    })
