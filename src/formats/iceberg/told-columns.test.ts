/** What is told of a file's columns is found again behind that of any number of others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ToldColumns } from './told-columns.ts'

const FILES = 3000
const bytesOf = (file: number) => new Uint8Array(file % 100).fill(file % 251)

function tell(told: ToldColumns, file: number): void {
  assert.equal(told.nextFile(), file)
  // Lists come in any order, and some files have none.
  if (file % 3 === 0) return
  const bounds = told.count('upper_bounds')
  told.addBound(7, bytesOf(file + 1), 0, bytesOf(file + 1).length)
  told.addBound(9, Uint8Array.of(1, 2, 3, 4), 1, 3)
  told.close('upper_bounds', bounds)
  const counts = told.count('value_counts')
  told.addNumber(7, file)
  told.addNumber(9, 2 ** 40 + file)
  told.close('value_counts', counts)
  told.close('nan_value_counts', told.count('nan_value_counts'))
}

test('numbers and bounds of many files', () => {
  const told = new ToldColumns()
  for (let file = 0; file < FILES; file++) tell(told, file)
  for (let file = 0; file < FILES; file++) {
    const [counts, upper] = [told.numbers(file, 'value_counts'), told.bounds(file, 'upper_bounds')]
    assert.equal(told.numbers(file, 'null_value_counts'), undefined)
    assert.equal(told.bounds(file, 'lower_bounds'), undefined)
    if (file % 3 === 0) {
      assert.deepEqual([counts, upper], [undefined, undefined])
      continue
    }
    assert.deepEqual(
      [...counts!],
      [
        [7, file],
        [9, 2 ** 40 + file],
      ],
    )
    assert.deepEqual(
      [...upper!],
      [
        [7, bytesOf(file + 1)],
        [9, Uint8Array.of(2, 3)],
      ],
    )
    assert.deepEqual([counts!.get(9), counts!.has(7), counts!.get(8)], [2 ** 40 + file, true, undefined])
    assert.deepEqual([upper!.get(7), upper!.has(9), upper!.has(8)], [bytesOf(file + 1), true, false])
    // A list that has nothing is told of, unlike one that is not there.
    assert.deepEqual([...told.numbers(file, 'nan_value_counts')!], [])
  }
})

test('of a column that is told of twice the last counts', () => {
  const told = new ToldColumns()
  told.nextFile()
  told.addNumber(1, 10)
  told.addNumber(1, 20)
  told.close('value_counts', 0)
  assert.equal(told.numbers(0, 'value_counts')!.get(1), 20)
})
