import { runOnLocalCloud } from './local-run.ts';

// One size per process, so that the memory of one does not count for the next.
console.log(JSON.stringify(await runOnLocalCloud(Number(process.argv[2]))));
process.exit();
