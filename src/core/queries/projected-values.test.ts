import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DATE, type Type, VARCHAR } from '../../sql/types.ts'
import { projectedValues } from './projected-values.ts'

const now = new Date('2024-03-15T10:30:00Z')
const of = (properties: Record<string, string>, type: Type = VARCHAR) =>
  projectedValues({ name: 'c', type }, (name) => properties[name], now)!
const all = (properties: Record<string, string>) => {
  const values = of(properties)
  return Array.from({ length: values.count }, (_, i) => values.at(i))
}

// Expected values from the page "Supported types for partition projection" of the Athena guide.
test('an enum keeps its values as they stand, blanks included', () => {
  assert.deepEqual(all({ type: ' ENUM ', values: 'A,B, C' }), ['A', 'B', ' C'])
})

test('integers step by the interval and are filled up to the digits', () => {
  assert.deepEqual(all({ type: 'integer', range: '1,3' }), ['1', '2', '3'])
  assert.deepEqual(all({ type: 'integer', range: '1,3', interval: '2' }), ['1', '3'])
  assert.deepEqual(all({ type: 'integer', range: '01, 3 ', digits: '2' }), ['01', '02', '03'])
  assert.deepEqual(all({ type: 'integer', range: '-1,1' }), ['-1', '0', '1'])
  assert.deepEqual(all({ type: 'integer', range: '-2,1', digits: '3' }), ['-02', '-01', '000', '001'])
  assert.equal(of({ type: 'integer', range: '0,9223372036854775807' }).at(0), '0')
})

test('an integer is found by its text only as it is written', () => {
  const values = of({ type: 'integer', range: '1,31', digits: '2' })
  assert.equal(values.indexOf('07'), 6)
  assert.equal(values.indexOf('7'), -1)
  assert.equal(values.indexOf('32'), -1)
})

test('dates step by their unit, one day or month unless told otherwise', () => {
  assert.deepEqual(all({ type: 'date', format: 'yyyy-MM', range: '2017-11,2018-02' }), [
    '2017-11',
    '2017-12',
    '2018-01',
    '2018-02',
  ])
  assert.deepEqual(all({ type: 'date', format: 'dd-MM-yyyy', range: '30-12-2010,01-01-2011' }), [
    '30-12-2010',
    '31-12-2010',
    '01-01-2011',
  ])
  assert.deepEqual(
    all({ type: 'date', format: 'yyyyMM', range: '201701,201706', interval: '2', 'interval.unit': 'MONTHS' }),
    ['201701', '201703', '201705'],
  )
  assert.deepEqual(
    all({
      type: 'date',
      format: 'yyyy/MM/dd/HH',
      range: '2024/01/01/22,2024/01/02/01',
      interval: '1',
      'interval.unit': 'HOURS',
    }),
    ['2024/01/01/22', '2024/01/01/23', '2024/01/02/00', '2024/01/02/01'],
  )
})

test('NOW moves with the clock', () => {
  assert.deepEqual(all({ type: 'date', format: 'yyyy-MM-dd', range: 'NOW-2DAYS,NOW' }), [
    '2024-03-13',
    '2024-03-14',
    '2024-03-15',
  ])
  assert.deepEqual(all({ type: 'date', format: 'yyyyMM', range: '202402, NOW + 1 MONTH ' }), [
    '202402',
    '202403',
    '202404',
  ])
})

test('months end where they end', () => {
  assert.deepEqual(
    all({
      type: 'date',
      format: 'yyyy-MM-dd',
      range: '2024-01-31,2024-04-30',
      interval: '1',
      'interval.unit': 'MONTHS',
    }),
    ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30'],
  )
})

test('a date is found where it stands, and not between two steps', () => {
  const values = of({
    type: 'date',
    format: 'yyyy-MM-dd',
    range: '2024-01-01,2024-12-31',
    interval: '7',
    'interval.unit': 'DAYS',
  })
  assert.equal(values.indexOf('2024-01-15'), 2)
  assert.equal(values.indexOf('2024-01-16'), -1)
  assert.equal(values.indexOf('2023-12-25'), -1)
})

test('what can not be understood is an invalid table property', () => {
  const code = (properties: Record<string, string>) => () => of(properties)
  const wrong: Record<string, string>[] = [
    { type: 'integer', range: '1-3' },
    { type: 'integer', range: '1,3', interval: '0' },
    { type: 'date', format: 'yyyy-MM-dd', range: '2024-01-01' },
    { type: 'date', format: 'yyyy-MMM', range: '2024-01,2024-02' },
    { type: 'date', format: 'yyyy-ww', range: '2024-01,2024-02' },
    { type: 'integer', range: '0,9223372036854775808' },
    { type: 'integer', range: '0,9', digits: 'two' },
    { type: 'date', format: 'yyyy-MM-dd HH', range: '2024-01-01 00,2024-01-01 05' },
    { type: 'sometimes' },
  ]
  for (const properties of wrong)
    assert.throws(code(properties), { code: 'INVALID_TABLE_PROPERTY' }, JSON.stringify(properties))
})

test('the examples of the guide', () => {
  const ends = (properties: Record<string, string>) => {
    const values = of(properties)
    return [values.count, values.at(0), values.at(values.count - 1)]
  }
  // docs: athena ug, partition-projection-supported-types. "Leading and trailing white space is allowed."
  assert.deepEqual(all({ type: ' ENUM ', values: 'A,B, C,Unknown' }), ['A', 'B', ' C', 'Unknown'])
  assert.deepEqual(ends({ type: 'Integer', range: ' -1 , 8675309 ' }), [8_675_311, '-1', '8675309'])
  assert.deepEqual(ends({ type: 'integer', range: '0001,9999' }), [9999, '1', '9999'])
  assert.deepEqual(ends({ type: 'integer', range: '0001,9999', digits: ' 4 ' }), [9999, '0001', '9999'])
  assert.deepEqual(all({ type: 'integer', range: '1,3', interval: ' 2 ' }), ['1', '3'])
  assert.deepEqual(all({ type: 'integer', range: '500,650', interval: '50', digits: '4' }), [
    '0500',
    '0550',
    '0600',
    '0650',
  ])
  assert.deepEqual(ends({ type: 'date', range: '201701,201812', format: 'yyyyMM' }), [24, '201701', '201812'])
  assert.deepEqual(ends({ type: 'date', range: '01-01-2010,12-31-2018', format: 'MM-dd-yyyy' }), [
    3287,
    '01-01-2010',
    '12-31-2018',
  ])
  const years = { type: 'date', format: 'yyyy-MM-dd', range: 'NOW-3YEARS,NOW' }
  assert.deepEqual(ends(years), [1097, '2021-03-15', '2024-03-15'])
  assert.deepEqual(ends({ type: 'date', format: 'yyyyMM', range: '201801,NOW+1MONTH' }), [76, '201801', '202404'])
  const seconds = { type: 'date', format: 'dd-MM-yyyy-HH-mm-ss', interval: '15', 'interval.unit': 'seconds' }
  assert.deepEqual(ends({ ...seconds, range: '31-12-2023-23-59-45,01-01-2024-00-00-15' }), [
    3,
    '31-12-2023-23-59-45',
    '01-01-2024-00-00-15',
  ])
  const month = { type: 'date', format: 'yyyy-MM', interval: '1', 'interval.unit': 'MONTHS', range: '2015-01,NOW' }
  assert.deepEqual(ends(month), [111, '2015-01', '2024-03'])
  const hours = { type: 'date', format: 'M-d-yyyy HH:mm:ss', interval: '1', 'interval.unit': 'HOURS' }
  assert.deepEqual(ends({ ...hours, range: '1-1-2020 00:00:00,12-31-2020 23:00:00' }), [
    8784,
    '1-1-2020 00:00:00',
    '12-31-2020 23:00:00',
  ])
})

test('months by their names', () => {
  const values = of({ type: 'date', format: "MMM'-of-'yyyy", range: 'Nov-of-2023,Feb-of-2024' })
  assert.deepEqual(
    Array.from({ length: values.count }, (_, i) => values.at(i)),
    ['Nov-of-2023', 'Dec-of-2023', 'Jan-of-2024', 'Feb-of-2024'],
  )
  assert.equal(values.indexOf('Jan-of-2024'), 2)
  assert.equal(values.indexOf('January-of-2024'), -1)
  assert.deepEqual(all({ type: 'date', format: 'd MMMM yyyy', range: '29 February 2024,1 March 2024' }), [
    '29 February 2024',
    '1 March 2024',
  ])
})

test('days of the year and of the week, and hours of twelve with their half of the day', () => {
  // docs: athena ug, partition-projection-supported-types: a format "based on the Java date format DateTimeFormatter"
  assert.deepEqual(all({ type: 'date', format: 'yyyy-DDD', range: '2023-364,2024-002' }), [
    '2023-364',
    '2023-365',
    '2024-001',
    '2024-002',
  ])
  assert.deepEqual(all({ type: 'date', format: 'EEE dd MMM yyyy', range: 'Thu 29 Feb 2024,Fri 01 Mar 2024' }), [
    'Thu 29 Feb 2024',
    'Fri 01 Mar 2024',
  ])
  const hours = { type: 'date', format: 'yyyyMMddhha', interval: '6', 'interval.unit': 'HOURS' }
  assert.deepEqual(all({ ...hours, range: '2024022806PM,2024022912PM' }), [
    '2024022806PM',
    '2024022912AM',
    '2024022906AM',
    '2024022912PM',
  ])
  const none: readonly Record<string, string>[] = [
    { format: 'yyyy-DDD', range: '2023-366,2024-002' },
    { format: 'EEE dd MMM yyyy', range: 'Mon 29 Feb 2024,Fri 01 Mar 2024' },
    { ...hours, range: '2024022813PM,2024022912PM' },
  ]
  for (const properties of none)
    assert.throws(() => all({ ...properties, type: 'date' }), { message: /does not fit the date format/ })
})

test('a fraction of the second has a digit for each letter', () => {
  // docs: java.time.format.DateTimeFormatter: "Fraction: Outputs the nano-of-second field as a fraction-of-second. [...]
  // If the count of pattern letters is less than 9, then the nano-of-second value is truncated"
  const tenths = { type: 'date', format: 'HH:mm:ss.S', interval: '400', 'interval.unit': 'MILLIS' }
  assert.deepEqual(all({ ...tenths, range: '10:00:00.1,10:00:01.0' }), ['10:00:00.1', '10:00:00.5', '10:00:00.9'])
  const hundredths = { ...tenths, format: 'yyyyMMddHHmmssSS', interval: '50' }
  const values = of({ ...hundredths, range: '2024022923595990,2024030100000000' })
  assert.deepEqual(
    Array.from({ length: values.count }, (_, i) => values.at(i)),
    ['2024022923595990', '2024022923595995', '2024030100000000'],
  )
  assert.deepEqual([values.indexOf('2024022923595995'), values.ascending], [1, 'by-text'])
  const micros = { ...tenths, format: 'ss.SSSSSS', interval: '1' }
  assert.deepEqual(all({ ...micros, range: '01.009000,01.010000' }), ['01.009000', '01.010000'])
  assert.throws(() => all({ ...micros, range: '01.009001,01.010000' }), { message: /does not fit the date format/ })
  assert.throws(() => all({ ...tenths, range: '10:00:00.10,10:00:01.0' }), { message: /does not fit the date format/ })
  assert.throws(() => all({ ...tenths, format: 'ss.SSSSSSSSSS', range: '01.0,02.0' }), { message: /is not supported/ })
})

test('a column of type date has dates, which folders spell by the format', () => {
  const values = of({ type: 'date', range: '2024/02/28,2024/03/01', format: 'yyyy/MM/dd' }, DATE)
  assert.deepEqual(
    Array.from({ length: values.count }, (_, i) => values.at(i)),
    ['2024-02-28', '2024-02-29', '2024-03-01'],
  )
  assert.equal(values.indexOf('2024-02-29'), 1)
  assert.equal(values.indexOf('2024/02/29'), -1)
  assert.equal(values.folderText!('2024-02-29'), '2024/02/29')
})

test('a range that ends before it begins is none', () => {
  const reversed: readonly Record<string, string>[] = [
    { type: 'integer', range: '5,1' },
    { type: 'date', range: '2024-05-01,2024-04-30', format: 'yyyy-MM-dd' },
    { type: 'date', range: 'NOW,NOW-1DAY', format: 'yyyy-MM-dd' },
  ]
  for (const properties of reversed)
    assert.throws(() => of(properties), { code: 'INVALID_TABLE_PROPERTY', message: /ends before it begins/ })
  assert.deepEqual(all({ type: 'integer', range: '5,5' }), ['5'])
})
