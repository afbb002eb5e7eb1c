import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { DriverName } from '../../core/driver.ts'
import type { ProviderSettings } from '../../core/settings.ts'
import { bad, type Check, good } from './check.ts'

/** Where a driver's SDK goes without a base URL. */
const HOME: Readonly<Record<DriverName, string>> = {
  openai: 'https://api.openai.com',
  'openai-compatible': 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
}

const CONNECT_TIMEOUT_MS = 5_000

/** Whether each provider has its keys and can be connected to. No request is sent, so it costs nothing. */
export async function checkProviders(providers: readonly ProviderSettings[]): Promise<readonly Check[]> {
  return Promise.all(providers.map(checkProvider))
}

async function checkProvider(provider: ProviderSettings): Promise<Check> {
  const name = `Provider ${provider.name}`
  const url = new URL(provider.baseUrl ?? HOME[provider.driver])
  const keys = provider.keys.length === 0 ? 'no key' : provider.keys.map((key) => key.name).join(', ')
  const failure = await connectionFailure(url)
  if (failure === null) return good(name, `${keys}; ${url.host} can be reached`)
  return bad(name, `${keys}; ${url.host} can't be reached (${failure}): check baseUrl, network and proxy`)
}

/** Why there is no connection, TLS included; null where there is one. */
function connectionFailure(url: URL): Promise<string | null> {
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (isTls ? 443 : 80))
  return new Promise((resolve) => {
    const socket: Socket = isTls
      ? connectTls({ host, port, servername: host, timeout: CONNECT_TIMEOUT_MS })
      : connect({ host, port, timeout: CONNECT_TIMEOUT_MS })
    const end = (failure: string | null) => {
      socket.destroy()
      resolve(failure)
    }
    socket.once(isTls ? 'secureConnect' : 'connect', () => end(null))
    socket.once('timeout', () => end(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
