import { isIP } from 'node:net'

/** RFC 1918, RFC 3927, RFC 4193, RFC 4291 and loopback. */
const PRIVATE_ADDRESS = /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe[89ab])/

/** RFC 6761, RFC 6762 and the names that container runtimes give. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/

/** Whether a URL points to this machine or network, where a model usually needs no key. */
export function isLocalUrl(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return PRIVATE_ADDRESS.test(host)
  return !host.includes('.') || PRIVATE_NAME.test(host)
}
