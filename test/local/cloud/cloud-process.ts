/** A local cloud in a process of its own, to be killed. Arguments: folder, fleet file. Prints its endpoints. */
import { readFileSync } from 'node:fs';
import { parseFleet } from '#local/cloud/fleet.ts';
import { startFleetCloud } from '#local/cloud/fleet-cloud.ts';

const [dir = '', fleetFile = ''] = process.argv.slice(2);
const fleet = parseFleet(readFileSync(fleetFile, 'utf8'), fleetFile);
const cloud = await startFleetCloud({ fleet, dir, spawnersCount: 2, faults: { undeliverableAfterSeconds: 0.1 } });
console.log(JSON.stringify({ ssmEndpoint: cloud.ssmEndpoint, ecsEndpoint: cloud.ecsEndpoint }));
