import type {
  Base64ImageSource,
  DocumentBlockParam,
  ImageBlockParam,
  TextBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { InputPart } from '../../core/conversation.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { parseDataUrl } from '../data-url.ts'

type UserBlock = TextBlockParam | ImageBlockParam | DocumentBlockParam

const IMAGE_TYPES: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
] satisfies readonly Base64ImageSource['media_type'][]

/** Text that the API takes as a plain text document. */
const TEXT_TYPE = /^(text\/|application\/(json|xml|yaml|x-yaml)$)/

/**
 * What a user says as content blocks. Empty text is left out, which the API refuses.
 * @param path where the parts stand in the input
 */
export function userBlocks(parts: readonly InputPart[], path: readonly string[], issues: InputIssue[]): UserBlock[] {
  return parts.flatMap((part, index): UserBlock[] => {
    const at = [...path, String(index)]
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    if (part.type === 'image') return imageBlock(part.url, [...at, 'imageUrl'], issues)
    return fileBlock(part, [...at, 'file'], issues)
  })
}

function imageBlock(url: string, path: readonly string[], issues: InputIssue[]): UserBlock[] {
  const inline = parseDataUrl(url)
  if (inline === null) return [{ type: 'image', source: { type: 'url', url } }]
  return imageOf(inline.mediaType, inline.data, path, issues)
}

function imageOf(mediaType: string, data: string, path: readonly string[], issues: InputIssue[]): UserBlock[] {
  if (isImageType(mediaType)) return [{ type: 'image', source: { type: 'base64', media_type: mediaType, data } }]
  issues.push({ path, message: `This provider takes images as ${IMAGE_TYPES.join(', ')}, not ${mediaType}.` })
  return []
}

function fileBlock(
  file: Extract<InputPart, { type: 'file' }>,
  path: readonly string[],
  issues: InputIssue[],
): UserBlock[] {
  const { mediaType, data } = file
  const title = file.name === null ? {} : { title: file.name }
  if (mediaType === 'application/pdf') {
    return [{ type: 'document', source: { type: 'base64', media_type: mediaType, data }, ...title }]
  }
  if (mediaType.startsWith('image/')) return imageOf(mediaType, data, [...path, 'mediaType'], issues)
  if (TEXT_TYPE.test(mediaType)) {
    const text = Buffer.from(data, 'base64').toString()
    return [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...title }]
  }
  const message = `This provider takes files as PDF, text or image, not ${mediaType}.`
  issues.push({ path: [...path, 'mediaType'], message })
  return []
}

function isImageType(mediaType: string): mediaType is Base64ImageSource['media_type'] {
  return IMAGE_TYPES.includes(mediaType)
}
