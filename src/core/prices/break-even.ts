/** From how many terabytes a day on another engine than Athena costs less for the same queries. */
import type { PriceBook } from './price-book.ts'

export interface EngineComparison {
  readonly engine: string
  readonly model: string
  /** Dollars a day for so many terabytes scanned. */
  readonly perDay: { readonly least: number; readonly most: number }
  /** Terabytes a day from which it is cheaper than Athena over the same bytes; 0: always, missing: never. */
  readonly breakEvenTerabytes?: number
}

export interface Comparison {
  readonly terabytesPerDay: number
  readonly athenaPerDay: number
  readonly engines: readonly EngineComparison[]
  /** Engines that the book has no price of. */
  readonly unpriced: readonly string[]
}

const HOURS = 24

/** `perTerabyte` dollars of each terabyte and `fixed` dollars a day, whatever is scanned. */
interface DailyPrice {
  readonly engine: string
  readonly model: string
  readonly fixed: number
  readonly perTerabyte: readonly [least: number, most: number]
}

export function compareEngines(book: PriceBook, terabytesPerDay: number): Comparison {
  const athena = book.athena.scan.perTerabyte
  const priced = dailyPrices(book)
  return {
    terabytesPerDay,
    athenaPerDay: athena * terabytesPerDay,
    engines: priced.flatMap((one) => (one.price ? [compared(one.price, athena, terabytesPerDay)] : [])),
    unpriced: priced.flatMap((one) => (one.price ? [] : [one.engine])),
  }
}

function compared(
  { engine, model, fixed, perTerabyte }: DailyPrice,
  athena: number,
  terabytes: number,
): EngineComparison {
  const [least, most] = perTerabyte
  const gain = athena - most
  const breakEvenTerabytes = gain > 0 ? fixed / gain : undefined
  return {
    engine,
    model,
    perDay: { least: fixed + least * terabytes, most: fixed + most * terabytes },
    ...(breakEvenTerabytes !== undefined && { breakEvenTerabytes }),
  }
}

function dailyPrices({
  redshift,
  emr,
  glue,
}: PriceBook): readonly { readonly engine: string; readonly price?: DailyPrice }[] {
  const { nodeHour, serverlessHour, spectrumScan } = redshift
  const { instanceHour } = emr
  const { dpuHour } = glue
  const cluster = nodeHour && nodeHour.price * nodeHour.nodes
  return [
    priced(
      'Redshift',
      nodeHour &&
        cluster !== undefined && {
          model: `${nodeHour.nodes} × ${nodeHour.node}, $${cluster.toFixed(2)} an hour, always on`,
          fixed: cluster * HOURS,
          perTerabyte: [0, 0],
        },
    ),
    priced(
      'Redshift Spectrum',
      nodeHour &&
        cluster !== undefined &&
        spectrumScan && {
          model: `$${spectrumScan.perTerabyte} a terabyte and the cluster`,
          fixed: cluster * HOURS,
          perTerabyte: [spectrumScan.perTerabyte, spectrumScan.perTerabyte],
        },
    ),
    priced(
      'Redshift Serverless',
      serverlessHour && {
        model: `${serverlessHour.rpus} RPUs, $${(serverlessHour.price * serverlessHour.rpus).toFixed(2)} an hour, always busy`,
        fixed: serverlessHour.price * serverlessHour.rpus * HOURS,
        perTerabyte: [0, 0],
      },
    ),
    priced(
      'EMR',
      instanceHour && {
        model: `${instanceHour.instances} × ${instanceHour.instance}, $${(instanceHour.price * instanceHour.instances).toFixed(2)} an hour, while it works`,
        fixed: 0,
        perTerabyte: perTerabyteOf(instanceHour.price * instanceHour.instances, instanceHour.hoursPerTerabyte),
      },
    ),
    priced(
      'Glue ETL',
      dpuHour?.workers !== undefined &&
        dpuHour.hoursPerTerabyte && {
          model: `${dpuHour.workers} workers, $${(dpuHour.price * dpuHour.workers * (dpuHour.dpusPerWorker ?? 1)).toFixed(2)} an hour, while it works`,
          fixed: 0,
          perTerabyte: perTerabyteOf(
            dpuHour.price * dpuHour.workers * (dpuHour.dpusPerWorker ?? 1),
            dpuHour.hoursPerTerabyte,
          ),
        },
    ),
  ]
}

const priced = (engine: string, price: Omit<DailyPrice, 'engine'> | false | undefined) => ({
  engine,
  ...(price && { price: { engine, ...price } }),
})

const perTerabyteOf = (hourly: number, hours: readonly number[]): [number, number] => [
  hourly * Math.min(...hours),
  hourly * Math.max(...hours),
]
