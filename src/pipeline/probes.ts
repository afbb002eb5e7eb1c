import type { Clock } from '../core/clock.ts'
import type { Driver } from '../core/driver.ts'
import { ProviderError } from '../core/provider-error.ts'
import type { ProviderSettings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import type { ListOutcome, ListProbe } from '../resilience/list-probe.ts'
import type { EngineParts } from './engine-parts.ts'

/** How long a list of models is waited for, in milliseconds. */
const PATIENCE_MS = 10_000

type ProbeParts = Pick<EngineParts, 'settings' | 'drivers' | 'upstreams' | 'clock' | 'logger'>

/**
 * Looks, for providers that are configured so, whether what failed there works again: where a circuit may be probed or
 * a key was turned down, the list of models is asked for. That costs nothing, so it is no call and leaves no row.
 * @returns what stops it, requests under way included
 */
export function keepProbing(parts: ProbeParts): () => void {
  const stops = parts.settings.providers.flatMap((provider) => {
    const driver = parts.drivers.get(provider.name)
    return provider.probeEveryMs === null || driver === undefined
      ? []
      : [probeOne(parts, provider, driver, provider.probeEveryMs)]
  })
  return () => {
    for (const stop of stops) stop()
  }
}

function probeOne(
  { upstreams, clock, logger }: ProbeParts,
  { name }: ProviderSettings,
  driver: Driver,
  everyMs: number,
): () => void {
  const stopping = new AbortController()
  let cancel = clock.after(everyMs, () => void look())

  async function look(): Promise<void> {
    const probe = upstreams.probe(name)
    const goesOn = probe === null || (await ask(probe))
    if (goesOn && !stopping.signal.aborted) cancel = clock.after(everyMs, () => void look())
  }

  /** Whether it makes sense to ask again. */
  async function ask(probe: ListProbe): Promise<boolean> {
    const outcome = await askForList(driver, probe, clock, stopping.signal, logger)
    probe.report(outcome)
    const hasNone = outcome.type === 'failed' && hasNoList(outcome.error)
    if (hasNone) logger.warn({ provider: name }, 'the provider has no list of models, so it is not probed')
    return !hasNone
  }

  return () => {
    stopping.abort()
    cancel()
  }
}

async function askForList(
  driver: Driver,
  { key }: ListProbe,
  clock: Clock,
  stopping: AbortSignal,
  logger: Logger,
): Promise<ListOutcome> {
  const late = new AbortController()
  const tooLate = new ProviderError({ kind: 'NETWORK', message: `No list of models came within ${PATIENCE_MS} ms` })
  const cancel = clock.after(PATIENCE_MS, () => late.abort(tooLate))
  try {
    await driver.reach(key?.secret ?? null, AbortSignal.any([stopping, late.signal]))
    return { type: 'answered' }
  } catch (thrown) {
    if (thrown instanceof ProviderError) return { type: 'failed', error: thrown }
    if (!stopping.aborted) logger.error({ err: thrown }, 'a driver failed in an unforeseen way')
    return { type: 'left' }
  } finally {
    cancel()
  }
}

/** Not every server that speaks a provider's API has all of it. */
function hasNoList({ kind }: ProviderError): boolean {
  return kind === 'NOT_FOUND' || kind === 'INVALID_REQUEST'
}
