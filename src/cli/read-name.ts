import { InvalidArgumentError } from 'commander'
import { NAME, NAME_ADVICE } from '../access/name.ts'

/** Reads what a project or key is called. */
export function readName(text: string): string {
  if (NAME.test(text)) return text
  throw new InvalidArgumentError(NAME_ADVICE)
}
