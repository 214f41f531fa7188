import { readFileSync } from 'node:fs'

export async function version(): Promise<number> {
  process.stdout.write(`lentic ${packageVersion()}\n`)
  return 0
}

export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
