/** All scalar functions that have a realisation, by Trino's canonical name. */
import type { Lowerings } from '../context.ts'
import { arithmeticLowerings } from './arithmetic.ts'
import { arrayLowerings } from './arrays.ts'
import { binaryLowerings } from './binary.ts'
import { comparisonLowerings } from './comparison.ts'
import { dateLowerings } from './dates.ts'
import { geospatialLowerings } from './geospatial.ts'
import { jsonLowerings } from './json.ts'
import { mapLowerings } from './maps.ts'
import { mathLowerings } from './math.ts'
import { regexpLowerings } from './regexp.ts'
import { sketchLowerings } from './sketches.ts'
import { stringLowerings } from './strings.ts'

export const lowerings: Lowerings = {
  ...arithmeticLowerings,
  ...arrayLowerings,
  ...binaryLowerings,
  ...comparisonLowerings,
  ...dateLowerings,
  ...geospatialLowerings,
  ...jsonLowerings,
  ...mapLowerings,
  ...mathLowerings,
  ...regexpLowerings,
  ...sketchLowerings,
  ...stringLowerings,
}
