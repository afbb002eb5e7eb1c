import type { InputPartInput } from '../../core/completion-input.ts'
import type { InputPart } from '../../core/conversation.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues, Path } from './issues.ts'
import { checkBase64, checkImageUrl, checkMediaType } from './media.ts'

/** Characters of a file's name. */
const MOST_NAME_CHARACTERS = 255

export function checkUserParts(
  parts: readonly InputPartInput[],
  limits: InputLimits,
  path: Path,
  issues: Issues,
): readonly InputPart[] {
  if (parts.length === 0) issues.add(path, 'Must not be empty.')
  if (parts.length > limits.partsPerMessage) {
    issues.add(path, `Must have at most ${limits.partsPerMessage} entries; this has ${parts.length}.`)
    return []
  }
  return parts.flatMap((part, index) => checkPart(part, limits, [...path, `${index}`], issues) ?? [])
}

function checkPart(part: InputPartInput, limits: InputLimits, path: Path, issues: Issues): InputPart | null {
  if (part.text != null) {
    if (part.text === '') issues.add([...path, 'text'], 'Must not be empty.')
    return { type: 'text', text: part.text }
  }
  if (part.imageUrl != null) {
    checkImageUrl(part.imageUrl, limits, [...path, 'imageUrl'], issues)
    return { type: 'image', url: part.imageUrl }
  }
  if (part.file != null) {
    const { mediaType, data, name } = part.file
    checkMediaType(mediaType, [...path, 'file', 'mediaType'], issues)
    checkBase64(data, limits, [...path, 'file', 'data'], issues)
    if (name != null && (name === '' || name.length > MOST_NAME_CHARACTERS)) {
      issues.add([...path, 'file', 'name'], `Must have 1 to ${MOST_NAME_CHARACTERS} characters; or leave it out.`)
    }
    return { type: 'file', mediaType, data, name: name ?? null }
  }
  issues.add(path, 'Give one of `text`, `imageUrl` and `file`.')
  return null
}
