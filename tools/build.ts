/**
 * Compiles what is published: JavaScript, the declarations that the package's doors lead to, and the data that the
 * program reads. Into `dist` here, or into a whole package folder elsewhere: `node tools/build.ts [folder]`.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const folder = process.argv[2] ?? '.'
const dist = join(folder, 'dist')

rmSync(dist, { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', dist], { stdio: 'inherit' })
const reached = new Set<string>()
for (const door of ['src/lentic.d.ts', 'src/connector-kit/connector.d.ts']) declarationsFrom(join(dist, door), reached)
for (const path of globSync(`${dist}/**/*.d.ts`)) if (!reached.has(path)) rmSync(path)
for (const data of ['models', 'prices', 'policies', 'package.json', 'bin/node-24.mjs'])
  cpSync(data, join(dist, data), { recursive: true })
chmodSync(join(dist, 'bin/lentic.js'), 0o755)
if (folder !== '.')
  for (const name of ['package.json', 'README.md', 'LICENSE', 'NOTICE']) cpSync(name, join(folder, name))

function declarationsFrom(path: string, found: Set<string>): void {
  if (found.has(path)) return
  found.add(path)
  for (const [, target] of readFileSync(path, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)\.ts'/g))
    declarationsFrom(join(dirname(path), `${target}.d.ts`), found)
}
