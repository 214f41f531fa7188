/** What things would cost on AWS: books of prices, which are data with sources, and Athena's bill by them. */
import aws from '../../../prices/aws-2026.json' with { type: 'json' }
import seed from '../../../prices/seed.json' with { type: 'json' }
import { Fault } from '../faults.ts'

interface Sourced {
  readonly source: string
}

export interface PriceBook {
  readonly name: string
  readonly currency: string
  readonly region: string
  readonly athena: {
    readonly scan: Sourced & {
      readonly perTerabyte: number
      readonly terabyteBytes: number
      readonly roundUpToBytes: number
      readonly minimumBytes: number
      readonly freeStatementTypes: readonly string[]
      readonly freeStates: readonly string[]
    }
    readonly capacityHour?: Sourced & { readonly perDpu: number; readonly minimumMinutes: number }
  }
  /** What no reachable page states is missing. */
  readonly redshift: {
    readonly spectrumScan?: Sourced & { readonly perTerabyte: number }
    readonly nodeHour?: Sourced & { readonly node: string; readonly price: number; readonly nodes: number }
    readonly serverlessHour?: Sourced & { readonly price: number; readonly rpus: number }
  }
  readonly emr: {
    readonly instanceHour?: Sourced & {
      readonly instance: string
      readonly price: number
      readonly instances: number
      /** Least and most that a job over a terabyte takes. */
      readonly hoursPerTerabyte: readonly number[]
    }
  }
  readonly glue: {
    readonly dpuHour?: Sourced & {
      readonly price: number
      readonly workers?: number
      readonly dpusPerWorker?: number
      readonly hoursPerTerabyte?: readonly number[]
    }
  }
}

const BOOKS: Readonly<Record<string, PriceBook>> = { 'aws-2026': aws, seed }
const DEFAULT_BOOK = 'aws-2026'

/** Throws Fault for a book that there is not. */
export function priceBook(name = DEFAULT_BOOK): PriceBook {
  const book = Object.hasOwn(BOOKS, name) ? BOOKS[name] : undefined
  if (!book)
    throw new Fault('invalid', 'price-book', `There is no price book '${name}': ${Object.keys(BOOKS).join(', ')}`)
  return book
}

export interface BilledQuery {
  readonly scannedBytes: number
  /** DML unless said. */
  readonly statementType?: string
  readonly substatementType?: string
  /** SUCCEEDED unless said. */
  readonly state?: string
}

/** In US dollars. Cancelled queries pay for what they scanned; failed ones, and those that scan nothing, are free. */
export function scanCost({ athena }: PriceBook, query: BilledQuery): number {
  const { scannedBytes, statementType = 'DML', substatementType = '', state = 'SUCCEEDED' } = query
  const { perTerabyte, terabyteBytes, roundUpToBytes, minimumBytes, freeStates } = athena.scan
  const isFree = athena.scan.freeStatementTypes.includes(statementType) && substatementType !== QUERYING_DDL
  if (scannedBytes === 0 || freeStates.includes(state) || isFree) return 0
  const rounded = Math.ceil(scannedBytes / roundUpToBytes) * roundUpToBytes
  return (Math.max(rounded, minimumBytes) / terabyteBytes) * perTerabyte
}

/** DDL by its type; the query in it scans, and is paid like any other. */
const QUERYING_DDL = 'CREATE_TABLE_AS_SELECT'

/** A stretch of time in which capacity was held for some work groups. */
export interface HeldCapacity {
  readonly dpus: number
  readonly minutes: number
}

/** In US dollars; undefined where the book has no price of it. Begun minutes count. */
export function capacityCost({ athena }: PriceBook, { dpus, minutes }: HeldCapacity): number | undefined {
  const price = athena.capacityHour
  return price && (dpus * price.perDpu * Math.max(Math.ceil(minutes), price.minimumMinutes)) / 60
}
