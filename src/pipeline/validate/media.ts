import type { InputLimits } from './input-limits.ts'
import type { Issues, Path } from './issues.ts'

/** The image types that at least two of the four wire APIs take. */
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/heic', 'image/heif']

/** RFC 6838 §4.2. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i

/** Enough for a signed URL; a bound on what is handed to a provider. */
const MOST_URL_CHARACTERS = 16_384

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i

/** Checks an image as an https URL, which the provider fetches, or a data URL (RFC 2397) in base64. */
export function checkImageUrl(url: string, limits: InputLimits, path: Path, issues: Issues): void {
  if (url === '') issues.add(path, 'Must not be empty: write an https URL, or a data URL in base64.')
  else if (/^data:/i.test(url)) checkDataUrl(url, limits, path, issues)
  else checkWebUrl(url, path, issues)
}

function checkWebUrl(url: string, path: Path, issues: Issues): void {
  if (url.length > MOST_URL_CHARACTERS) {
    issues.add(path, `Must have at most ${MOST_URL_CHARACTERS} characters.`)
    return
  }
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null) issues.add(path, 'Is no URL: write an https URL, or a data URL in base64.')
  else if (parsed.protocol === 'http:') {
    issues.add(
      path,
      'Must be https: providers fetch images themselves and refuse http, on which anyone could change them.',
    )
  } else if (parsed.protocol !== 'https:') {
    issues.add(path, `Must be an https URL or a data URL, not ${parsed.protocol.slice(0, 40)}`)
  }
}

function checkDataUrl(url: string, limits: InputLimits, path: Path, issues: Issues): void {
  // The head is short; a pattern over the whole of a large image would be work for nothing.
  const head = DATA_URL.exec(url.slice(0, 512))
  if (head === null) {
    issues.add(path, 'Is no data URL: write data:image/png;base64, and the image.')
    return
  }
  const [prefix, mediaType = '', parameters = ''] = head
  if (!IMAGE_TYPES.includes(mediaType.toLowerCase())) {
    issues.add(path, `"${mediaType.slice(0, 80)}" is no known type of image; known are: ${IMAGE_TYPES.join(', ')}.`)
  }
  if (!/;base64$/i.test(parameters)) issues.add(path, 'Must be in base64: write data:image/png;base64, and the image.')
  else checkBase64(url.slice(prefix.length), limits, path, issues)
}

export function checkMediaType(mediaType: string, path: Path, issues: Issues): void {
  if (!MEDIA_TYPE.test(mediaType)) issues.add(path, 'Is no media type: write one such as application/pdf.')
}

/** Checks base64 (RFC 4648 §4, with padding) and the size of what it holds. */
export function checkBase64(data: string, limits: InputLimits, path: Path, issues: Issues): void {
  if (data === '') {
    issues.add(path, 'Must not be empty.')
    return
  }
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
  const bytes = (data.length / 4) * 3 - padding
  // Looks for what must not be there rather than matching the whole: no backtracking over megabytes.
  if (data.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(data.slice(0, data.length - padding))) {
    issues.add(path, 'Is not base64 (RFC 4648 with + and /, padded with =, without line breaks).')
  } else if (bytes > limits.mediaBytes) {
    issues.add(path, `Must have at most ${limits.mediaBytes} bytes; this has ${bytes}.`)
  }
}
