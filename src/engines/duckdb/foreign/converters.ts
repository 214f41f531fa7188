import { avroConverter } from './avro.ts'
import type { Converter, ForeignFormat } from './converter.ts'
import { ionConverter } from './ion.ts'
import { orcConverter } from './orc.ts'

export function converterOf(format: ForeignFormat): Converter {
  switch (format.kind) {
    case 'avro':
      return avroConverter
    case 'ion':
      return ionConverter
    case 'orc':
      return orcConverter
  }
}
