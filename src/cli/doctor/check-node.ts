import { bad, type Check, good } from './check.ts'

const OLDEST = 24

/** @param version as `process.versions.node` has it */
export function checkNode(version: string): Check {
  const isEnough = Number.parseInt(version, 10) >= OLDEST
  const advice = `this is ${version}, and ${OLDEST} or newer is needed: start it with npm run, which has the right one`
  return isEnough ? good('Node', version) : bad('Node', advice)
}
