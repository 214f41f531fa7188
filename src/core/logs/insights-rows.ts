/** Events of logs as the rows that queries of Logs Insights ask: their own fields, and those that a message in JSON has. */
import type { LogRow } from './insights.ts'
import { type Cell, timeText } from './insights-functions.ts'
import type { LogEvent } from './log-groups.ts'

/** Where events lie. */
export interface RowPlace {
  readonly account: string
  readonly group: string
  readonly stream: string
}

/** Its pointer is the place and the id, as JSON. */
export function insightsRow({ account, group, stream }: RowPlace, event: LogEvent): LogRow {
  const own = {
    '@timestamp': timeText(event.atMs),
    '@message': event.message,
    '@ingestionTime': timeText(event.ingestedMs),
    '@logStream': stream,
    '@log': `${account}:${group}`,
  }
  return {
    fields: { ...discovered(event.message), ...own },
    pointer: JSON.stringify([group, stream, event.id]),
  }
}

/** Fields of a message in JSON: `user.name`, `items.0`. docs: AmazonCloudWatch logs, CWL_AnalyzeLogData-discoverable-fields. */
const MOST_FIELDS = 200

function discovered(message: string): Record<string, Cell> {
  const start = message.indexOf('{')
  if (start < 0) return {}
  try {
    const found: Record<string, Cell> = {}
    flatten(JSON.parse(message.slice(start)), '', found)
    return found
  } catch {
    return {} // No JSON: there is nothing to discover.
  }
}

function flatten(value: unknown, name: string, found: Record<string, Cell>): void {
  if (Object.keys(found).length >= MOST_FIELDS || value === null || value === undefined) return
  if (typeof value !== 'object') {
    found[name] = value as Cell
    return
  }
  for (const [key, part] of Object.entries(value)) flatten(part, name === '' ? key : `${name}.${key}`, found)
}
