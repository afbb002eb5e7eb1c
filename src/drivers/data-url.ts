export interface DataUrl {
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

const PATTERN = /^data:([^;,]*)((?:;[^;,]*)*),/i

/** Takes a data URL (RFC 2397) apart; null where the text is none. */
export function parseDataUrl(url: string): DataUrl | null {
  const match = PATTERN.exec(url.slice(0, 1_000))
  if (!match) return null
  const mediaType = match[1] || 'text/plain'
  const data = url.slice(match[0].length)
  if (/;base64$/i.test(match[2] ?? '')) return { mediaType, data }
  try {
    return { mediaType, data: Buffer.from(decodeURIComponent(data)).toString('base64') }
  } catch {
    return null
  }
}
