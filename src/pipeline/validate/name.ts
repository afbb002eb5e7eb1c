import type { Issues, Path } from './issues.ts'

/** What all providers take as the name of a tool or a schema. */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/

export function checkName(name: string, path: Path, issues: Issues): void {
  if (!NAME.test(name)) issues.add(path, 'Must be 1 to 64 letters (a-z, A-Z), digits, underscores or hyphens.')
}
