// Who may import whom. Direction: meaning (shared) <- behaviour (functions) <- wiring (infra, local, cli).
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const SDK = '^node_modules/(@aws-sdk|@smithy|@alicloud|electrodb|dynalite|aws-local-stepfunctions|aws-cdk-lib)';
const NODE_IO = '^(node:)?(fs|fs/promises|net|http|https|child_process|os|process|crypto|worker_threads|timers|timers/promises)$';

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }, 'A cycle means that two files are one concept.'),
    forbid('shared-is-meaning', { path: '^shared/' }, { path: '^(functions|infra|local|cli|console|test|bench)/' }, 'Meaning knows no behaviour.'),
    forbid('shared-no-sdk', { path: '^shared/' }, { path: SDK }, 'Meaning knows no cloud client.'),
    forbid('shared-no-io', { path: '^shared/', pathNot: '^shared/client/' }, { path: NODE_IO, dependencyTypes: ['core'] }, 'Meaning does no I/O.'),
    forbid('errors-know-nothing', { path: '^shared/errors/' }, { path: '^shared/(?!errors/)' }, 'Errors are the floor.'),
    forbid('model-on-errors-only', { path: '^shared/model/' }, { path: '^shared/(?!model/|errors/|expression/)' }, 'The model stands on errors and expressions.'),
    forbid('functions-not-wiring', { path: '^functions/' }, { path: '^(infra|local|cli|console|test|bench)/' }, 'Behaviour knows no wiring.'),
    forbid('use-cases-no-adapters', { path: '^functions/(?!adapters/|runtime/|api/)[^/]+/', pathNot: 'handler\\.ts$' }, { path: ['^functions/(adapters|runtime)/', SDK] }, 'Use cases see ports only.'),
    forbid(
      'use-cases-apart',
      { path: '^functions/(?!adapters/|runtime/|api/|console/|records/|targets/)([^/]+)/' },
      { path: '^functions/', pathNot: ['^functions/(records|targets|runtime)/', '^functions/api/services\\.ts$', '^functions/$1/'] },
      'What two use cases share lives in records or targets.',
    ),
    forbid('api-no-adapters', { path: '^functions/api/', pathNot: 'handler\\.ts$' }, { path: ['^functions/(adapters|runtime)/', SDK] }, 'Routes see ports and use cases only.'),
    forbid('adapters-no-use-cases', { path: '^functions/adapters/' }, { path: '^functions/(?!adapters/)' }, 'Adapters serve ports.'),
    forbid('infra-not-behaviour', { path: '^infra/' }, { path: '^(functions|local|cli)/' }, 'Infra refers to handlers by path.'),
    forbid('local-not-cdk-cli', { path: '^local/' }, { path: ['^(cli|infra|test|bench)/', '^node_modules/(aws-cdk-lib|constructs)'] }, 'The local cloud is below the CLI.'),
    forbid('cli-through-contract', { path: '^cli/', pathNot: '^cli/(aws/|commands/(local|demo|secret)/|embedded\\.ts$)' }, { path: ['^(functions|infra|local|test|bench)/', SDK] }, 'The CLI speaks through the HTTP contract.'),
    forbid('console-stays-a-page', { path: '^(shared|functions|infra|local|cli)/' }, { path: ['^console/', '^node_modules/(react|react-dom|react-router|@tanstack)/'] }, 'Only the built page is served. What the page itself may import is checked by test/console/boundaries.test.ts: swc reads no TSX here.'),
    forbid('nobody-imports-tests', { path: '^(shared|functions|infra|local|cli|console)/' }, { path: '^(test|bench|examples)/' }, 'Tests are leaves.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(shared|functions|infra|local|cli|test|bench|node_modules)/|^(node:)?[a-z_/]+$',
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
