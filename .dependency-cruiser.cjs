/**
 * The law of imports: down only, never sideways between rooms. The README draws the same picture.
 *
 *   main, cli > server > graph > pipeline > rooms > database > core
 */
const ROOMS = [
  'access',
  'cache',
  'catalog',
  'config',
  'drivers',
  'guardrails',
  'ledger',
  'resilience',
  'routing',
  'telemetry',
  'webhooks',
]
const anyRoom = `(${ROOMS.join('|')})`
/** The files that stand in `src` itself, and the command line's. */
const top = '^src/([^/]+[.]ts$|cli/)'

/** What a folder may import of `src`, beside itself. */
const MAY_IMPORT = {
  core: [],
  simulator: ['core'],
  database: ['core'],
  pipeline: ['core', 'database', ...ROOMS],
  graph: ['core', 'database', 'pipeline', ...ROOMS],
  server: ['core', 'database', 'pipeline', 'graph', ...ROOMS],
}

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports-down-only`,
  comment: `src/${folder} may import ${['itself', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|test)/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}))

/** Packages that only these folders may know. */
const KEPT_IN = [
  { packages: ['openai', '@anthropic-ai/sdk', '@google/generative-ai'], folder: 'drivers' },
  { packages: ['postgres', '@electric-sql/pglite'], folder: 'database' },
  { packages: ['@pydantic/genai-prices'], folder: 'catalog' },
  { packages: ['graphql-yoga', '@pothos/core', 'graphql'], folder: '(graph|server)' },
  { packages: ['commander'], folder: 'simulator' },
]

const seams = KEPT_IN.map(({ packages, folder }) => ({
  name: `${packages[0].replace(/^@/, '').replace('/', '-')}-stays-in-its-folder`,
  comment: `${packages.join(', ')}: only src/${folder} may use them.`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${folder}/`, top] },
  to: { path: `^node_modules/(${packages.join('|')})/`, dependencyTypesNot: ['type-only'] },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'rooms-import-down-only',
      comment: 'A room may import itself, database and core; what two rooms share is a type in core.',
      severity: 'error',
      from: { path: `^src/${anyRoom}/` },
      to: { path: '^(src|test)/', pathNot: ['^src/(core|database)/', '^src/$1/'] },
    },
    {
      name: 'nobody-imports-the-top',
      comment: 'What stands in src itself, and cli, is the top: it knows all, none below knows it.',
      severity: 'error',
      from: { path: '^src/', pathNot: top },
      to: { path: top },
    },
    {
      name: 'every-folder-has-its-place',
      comment: 'A new folder of src has to be given its place in this file.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [`^src/${anyRoom}/`, `^src/(${Object.keys(MAY_IMPORT).join('|')})/`, top],
      },
      to: {},
    },
    {
      name: 'core-imports-nothing',
      comment: 'The ground is words alone: no package, nothing of Node.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    ...seams,
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or share a third. That holds for types too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
    skipAnalysisNotInRules: true,
  },
}
