/** One thing that is wrong with the configuration. */
export interface Problem {
  /** Where, as a path into the configuration file, or the name of an environment variable. */
  readonly path: string
  /** What to write instead. Never holds a secret. */
  readonly message: string
}

/** Tells all that is wrong with the configuration at once. Its message is for people, ready to print. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], configFile: string | null) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`)
    super([`The configuration is wrong${configFile === null ? '' : ` (${configFile})`}:`, ...lines].join('\n'))
    this.problems = problems
  }
}

/** Collects problems, so that all of them are told. */
export interface Problems {
  add(path: string, message: string): void
  list(): readonly Problem[]
}

export function collectProblems(): Problems {
  const found: Problem[] = []
  return { add: (path, message) => void found.push({ path, message }), list: () => found }
}
