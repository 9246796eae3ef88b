// npm run bench: nodes a second; -- stages: what a node costs, and where; -- bundles: sizes and load times of the handlers;
// -- console: the page of a large run.
const [first = 'nodes'] = process.argv.slice(2);
if (first === 'bundles') await import('./bundles.ts');
else if (first === 'stages') await import('./stages.ts');
else if (first === 'console') await import('./console.ts');
else await import('./nodes-per-second.ts');

export {};
