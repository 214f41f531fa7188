/** Compiles what is published into `dist`: JavaScript, declarations, and the data that the program reads. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
for (const data of ['models', 'prices', 'package.json', 'bin/node-24.mjs'])
  cpSync(data, `dist/${data}`, { recursive: true })
chmodSync('dist/bin/lentic.js', 0o755)
