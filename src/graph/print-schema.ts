import { writeFile } from 'node:fs/promises'
import { printedSchema } from './schema.ts'

// Run by `npm run schema` after a change of the graph.
await writeFile(new URL('../../schema/schema.graphql', import.meta.url), printedSchema())
