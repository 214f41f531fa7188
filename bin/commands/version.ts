import { readFileSync } from 'node:fs'

export async function version(): Promise<number> {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  process.stdout.write(`lentic ${(JSON.parse(text) as { version: string }).version}\n`)
  return 0
}
