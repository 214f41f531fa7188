// Runs before anything else, under whatever Node there is, and must therefore be plain JavaScript: Lentic's source is
// TypeScript that Node 24 runs as it stands.
import module from 'node:module'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(
    `Lentic needs Node 24 or newer; this is ${process.version}.\n` +
      "In a clone, 'npm ci' installs Node 24 beside it for 'npm start' and 'npm test'. If that did not happen, install\n" +
      'scripts are switched off: run npm ci --ignore-scripts=false, or install Node 24.',
  )
  process.exit(1)
}

// Hundreds of modules are compiled once and kept in Node's cache, which halves the time of every later start.
module.enableCompileCache?.()
