import type { Issues, Path } from './issues.ts'

/** C0 and C1 control characters: they have no place in a name, and Postgres can't store NUL at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/**
 * Checks a short text that is stored and compared, such as a tag or an end user's id: from one to `most` characters,
 * none of them a control character, and no half of a surrogate pair (which UTF-8 can't express).
 */
export function checkLabel(text: string, most: number, path: Path, issues: Issues): void {
  if (text === '') issues.add(path, 'Must not be empty.')
  else if (text.length > most) issues.add(path, `Must have at most ${most} characters; this has ${text.length}.`)
  else if (CONTROL.test(text)) issues.add(path, 'Must not contain control characters.')
  else if (!text.isWellFormed()) issues.add(path, 'Must be well-formed Unicode; this holds half of a surrogate pair.')
}
