// Runs before anything else, under whatever Node there is, and must therefore be plain JavaScript: Lentic's source is
// TypeScript that Node 24 runs as it stands.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  const inClone = !import.meta.url.includes('/dist/')
  console.error(
    `Lentic needs Node 24 or newer; this is ${process.version}.\n` +
      (inClone
        ? "In a clone, 'npm ci' installs Node 24 beside it for 'npm start' and 'npm test'. If that did not happen, install\n" +
          'scripts are switched off: run npm ci --ignore-scripts=false, or install Node 24.'
        : "Run 'npm install node@24' beside it, and 'npx lentic' finds that one."),
  )
  process.exit(1)
}

// Compiled modules are kept between starts, which halves every one but the first. What is kept will be run, so it lies
// beside the program, where only those can write who could change the program too; it goes when the program goes.
const above = import.meta.url.lastIndexOf('/node_modules/')
const toRoot = import.meta.url.includes('/dist/') ? '../../' : '../'
const root = above < 0 ? new URL(toRoot, import.meta.url) : new URL(import.meta.url.slice(0, above + 1))
module.enableCompileCache?.(fileURLToPath(new URL('node_modules/.cache/lentic', root)))
