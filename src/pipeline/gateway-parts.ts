import type { LedgerReader } from '../core/ledger.ts'
import type { Afterwards, AfterwardsParts } from './afterwards.ts'
import type { EngineParts } from './engine-parts.ts'

export interface GatewayParts extends Omit<EngineParts, keyof Afterwards> {
  readonly reader: LedgerReader
  readonly usageChanged: AfterwardsParts['usageChanged']
}
