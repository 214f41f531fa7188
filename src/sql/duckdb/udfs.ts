/** The JavaScript functions that every instance has. */
import { addressUdfs } from './udfs/addresses.ts'
import { betaUdfs } from './udfs/beta-distribution.ts'
import { byteUdfs } from './udfs/bytes.ts'
import { dateUdfs } from './udfs/dates.ts'
import { decimalUdfs } from './udfs/decimals.ts'
import { geospatialUdfs } from './udfs/geospatial.ts'
import { isoNanosUdfs } from './udfs/iso-nanos.ts'
import { jsonUdfs } from './udfs/json.ts'
import { listaggUdfs } from './udfs/listagg.ts'
import { numberUdfs } from './udfs/numbers.ts'
import { regexpUdfs } from './udfs/regexps.ts'
import { rowMatchingUdfs } from './udfs/row-matching.ts'
import { sketchUdfs } from './udfs/sketches.ts'
import { sqlJsonUdfs } from './udfs/sql-json.ts'
import { stemUdfs } from './udfs/stems.ts'
import { textUdfs } from './udfs/texts.ts'
import type { Udf } from './udfs/udf.ts'
import { urlUdfs } from './udfs/urls.ts'

export const udfs: readonly Udf[] = [
  ...addressUdfs,
  ...betaUdfs,
  ...byteUdfs,
  ...dateUdfs,
  ...decimalUdfs,
  ...geospatialUdfs,
  ...isoNanosUdfs,
  ...jsonUdfs,
  ...listaggUdfs,
  ...numberUdfs,
  ...regexpUdfs,
  ...sketchUdfs,
  ...sqlJsonUdfs,
  ...rowMatchingUdfs,
  ...stemUdfs,
  ...textUdfs,
  ...urlUdfs,
]
