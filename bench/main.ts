// npm run bench: nodes a second; npm run bench -- bundles: sizes and load times of the handlers. What follows is handed on.
const [first = 'nodes'] = process.argv.slice(2);
if (first === 'bundles') await import('./bundles.ts');
else await import('./nodes-per-second.ts');

export {};
