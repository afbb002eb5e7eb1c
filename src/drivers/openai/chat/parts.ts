import type { InputPart } from '../../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import type { ChatDialect } from './dialect.ts'

/** The audio that Chat Completions takes, by media type, and its name for the format. */
const AUDIO: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
}

type FilePart = Extract<InputPart, { type: 'file' }>

/** What a user says; plain text alone stays plain, which every service takes. */
export function userParts(parts: readonly InputPart[], dialect: ChatDialect): JsonValue {
  const [only] = parts
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.map((part) => chatPart(part, dialect))
}

function chatPart(part: InputPart, dialect: ChatDialect): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'image') return { type: 'image_url', image_url: { url: part.url } }
  return filePart(part, dialect)
}

function filePart(part: FilePart, dialect: ChatDialect): JsonObject {
  const url = `data:${part.mediaType};base64,${part.data}`
  if (part.mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  const format = AUDIO[part.mediaType]
  if (format !== undefined) return { type: 'input_audio', input_audio: { data: part.data, format } }
  if (dialect.files === 'document_url') {
    return { type: 'document_url', document_url: url, ...(part.name === null ? {} : { document_name: part.name }) }
  }
  return { type: 'file', file: { filename: part.name ?? defaultName(part.mediaType), file_data: url } }
}

/** The service refuses a file without a name. */
function defaultName(mediaType: string): string {
  return `file.${mediaType.split('/')[1]?.split(/[+;]/)[0] ?? 'bin'}`
}

/** Whether a file can be expressed at all; whether the model can read it is the service's to say. */
export function takesFile(mediaType: string, dialect: ChatDialect): boolean {
  if (mediaType.startsWith('image/') || AUDIO[mediaType] !== undefined) return true
  if (dialect.files === 'file') return mediaType === 'application/pdf'
  return dialect.files === 'document_url'
}
